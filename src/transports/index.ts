export { createTransports } from './create-transports.ts';
