export type { ConnectionOverrides, Inventory, InventoryHost } from './model.ts';
