export { type InventorySource, inventoryOrigin, readInventory, readTargets } from './read.ts';
