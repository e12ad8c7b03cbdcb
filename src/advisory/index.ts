/** Advisories as data, and the verdict from evidence. */
export type { FileEvidence, KeyEvidence, PatchEvidence, RollupEvidence, UpdateEvidence } from './evidence.ts';
export { loadAdvisory, parseAdvisory } from './load.ts';
export { minimumAdvisory } from './minimum.ts';
export type { Advisory, AdvisoryPackage, AdvisoryShield, AffectedSystem } from './schema.ts';
export { affectedSystem, type Verdict, type VerdictWord, verdict } from './verdict.ts';
