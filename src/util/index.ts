export { complementOf, plainAddress } from './address-complement.ts';
export { canonicalJson, sha256Hex } from './canonical-json.ts';
export { decodeText } from './decode-text.ts';
export { DURATION_FORM, formatDuration, parseDuration } from './duration.ts';
export { hashInto, partOf, sha256Of, sizeOf } from './file-content.ts';
export { type PatternTerm, parsePattern } from './host-pattern.ts';
export { makePrivateFolder } from './private-folder.ts';
export { type ProgramResult, programFailure, runProgram } from './run-program.ts';
export { parseShare, type Share, shareOf } from './share.ts';
export { fromSource } from './source-address.ts';
export { formatProblems, type SourceProblem, SourceText, sortProblems } from './source-problem.ts';
export { didYouMean, nearest, textDistance } from './suggest.ts';
export { isTargetUri } from './target-uri-syntax.ts';
export {
  describe,
  type Place,
  placeOf,
  type YamlEntry,
  YamlReader,
} from './yaml-reader.ts';
export { readYaml } from './yaml-source.ts';
