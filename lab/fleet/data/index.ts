export { type Catalog, checkFleet, readCatalog, readFleet } from './catalog.ts';
export { checkedPackageContent } from './package-content.ts';
export { resolveMachine } from './resolve.ts';
export type { FleetFile, FleetHost } from './schema.ts';
export { parseYaml } from './yaml-file.ts';
