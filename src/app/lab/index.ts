export {
  askLab,
  findLab,
  type LabFile,
  type LabHistory,
  type LabStatus,
  type LabTrouble,
  labClock,
  labHistory,
  labRegistry,
  labStatus,
  labTrouble,
  requireLab,
} from './client.ts';
export { labFolder } from './locate.ts';
export { defaultFleetFile, type LabStart, type RunningLab, runLab, startLab, stopLab } from './start.ts';
