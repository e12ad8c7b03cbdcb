export { canonicalJson, sha256Hex } from './canonical-json.ts';
export { DURATION_FORM, formatDuration, parseDuration } from './duration.ts';
export { type PatternParse, type PatternTerm, parsePattern } from './host-pattern.ts';
export { parseShare, type Share, shareOf } from './share.ts';
export { formatProblems, type SourceProblem, SourceText, sortProblems } from './source-problem.ts';
export { didYouMean, nearest, textDistance } from './suggest.ts';
export { quote } from './yaml-mangled.ts';
export {
  describe,
  type KeyRules,
  type Place,
  placeOf,
  type YamlEntry,
  YamlReader,
  type YamlValue,
} from './yaml-reader.ts';
export { readYaml, type YamlSource } from './yaml-source.ts';
