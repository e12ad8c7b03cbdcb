export { Credentials } from './credentials.ts';
export { Redactor } from './redactor.ts';
