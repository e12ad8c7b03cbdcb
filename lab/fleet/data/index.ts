export { type Catalog, checkFleet, packagesOfFleet, readCatalog, readFleet, relayOf } from './catalog.ts';
export { checkedPackageContent } from './package-content.ts';
export { resolveMachine } from './resolve.ts';
export type { FleetFile, FleetHost, LabPackage } from './schema.ts';
export { parseYaml } from './yaml-file.ts';
