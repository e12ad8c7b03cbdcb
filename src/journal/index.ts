export { thisProcess } from './owner.ts';
export { openSqliteJournal } from './sqlite.ts';
