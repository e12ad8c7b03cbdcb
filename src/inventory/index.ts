export {
  combineInventory,
  type InventoryPart,
  invalidInventory,
  loadInventory,
  namedPart,
  readInventoryText,
} from './load.ts';
export type { ConnectionOverrides, Inventory, InventoryHost } from './model.ts';
export { matchHosts, selectHosts, splitTargets } from './select.ts';
export { parseTargetUri } from './target-uri.ts';
export { isInlineList, readInlineList, readTargetLines } from './targets.ts';
export type { ActiveDirectorySource, FurtherSource } from './tree.ts';
export { emptyTree, groupOf, layersOf } from './tree.ts';
