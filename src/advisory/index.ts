/** Advisories as data, and the verdict from evidence. */
export type {
  FileEvidence,
  KeyEvidence,
  PatchEvidence,
  RollupEvidence,
  SystemEvidence,
  UpdateEvidence,
} from './evidence.ts';
export { heldBack } from './hold.ts';
export { loadAdvisory, parseAdvisory } from './load.ts';
export { minimumAdvisory } from './minimum.ts';
export { languageIdsOf, languageLetters, packageFor } from './packages.ts';
export { type EvidenceQuestions, questionsOf } from './questions.ts';
export type { Advisory, AdvisoryInfection, AdvisoryPackage, AdvisoryShield } from './schema.ts';
export type { AffectedSystem } from './schema-affected.ts';
export { ROLES } from './schema-shields.ts';
export { affectedSystem, possibleSystems } from './system.ts';
export { type Verdict, type VerdictWord, verdict } from './verdict.ts';
