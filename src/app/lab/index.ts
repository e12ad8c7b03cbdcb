export { ipsecPolicies, type MachineAccount, machineAccount } from './account.ts';
export { findLab, type LabFile, labClock, labHistory, labRegistry, labStatus, labTrouble } from './client.ts';
export { labFolder } from './locate.ts';
export { findFleet, fleetFile, runLab, startLab, stopLab } from './start.ts';
