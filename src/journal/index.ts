export { type ProcessOwner, thisProcess } from './owner.ts';
export { openSqliteJournal, type SqliteJournalOptions } from './sqlite.ts';
