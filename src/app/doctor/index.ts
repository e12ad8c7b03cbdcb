export { doctor, examineAll } from './doctor.ts';
export { CHECK_NAMES, type Check, type CheckName, type HostReport, RELAYED_CHECK_NAMES } from './model.ts';
