export { createTransports, type Transports } from './create-transports.ts';
