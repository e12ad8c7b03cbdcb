export { type Catalog, checkFleet, readCatalog, readFleet } from './catalog.ts';
export { checkedPackageContent } from './package-content.ts';
export { resolveMachine, resolveTrouble } from './resolve.ts';
export type { CompleteProfile, FleetFile, FleetHost, LabPackage, Trouble } from './schema.ts';
export { parseYaml } from './yaml-file.ts';
