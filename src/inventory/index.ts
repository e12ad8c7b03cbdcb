export { loadInventory } from './load.ts';
export type { ConnectionOverrides, Inventory, InventoryHost } from './model.ts';
export { matchHosts, selectHosts } from './select.ts';
export { inlineInventory, isInlineList, parseInlineList, parseTargetsFile } from './targets.ts';
