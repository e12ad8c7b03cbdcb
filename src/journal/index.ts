export { thisProcess } from './owner.ts';
export { openPostgresJournal } from './postgres.ts';
export { type PostgresAddress, parsePostgresAddress } from './postgres-address.ts';
export { openSqliteJournal } from './sqlite.ts';
