import type { Knex } from 'knex';
import { rebuildCase, verifyCase } from '../platform/casefile/verify.ts';
import { createDatabase } from '../platform/database.ts';
import type { Finding } from '../platform/proof.ts';
import { rebuildRecord, verifyRecord } from '../platform/records/verify.ts';
import { commandConfig } from './context.ts';
import type { Run } from './index.ts';

/** An escape of half a pair or of NUL, as PostgreSQL keeps it in `json`. The text of the column is looked at, never its value. */
const POISONED = String.raw`\\u(d[89a-f][0-9a-f]{2}|0000)`;
/** A mark that is not seen, or a look-alike radical: searched otherwise since they are of no account. */
const UNSEEN = String.raw`[\u00AD\u034F\u061C\u180B-\u180F\u200B-\u200F\u202A-\u202E\u2060-\u206F\u2E80-\u2EFF\u31C0-\u31EF\uFE00-\uFE0F\uFEFF\U000E0000-\U000E0FFF]`;

const isOfRows = (findings: readonly Finding[] | undefined): boolean => findings?.some(({ kind }) => kind === 'state' || kind === 'row') === true;

/** Files whose rows may not be what their events give since texts are mended and compared. */
const suspects = (knex: Knex, table: 'case_file' | 'record'): Knex.QueryBuilder =>
  knex(table).whereRaw('state::text ~* ? or state::text ~ ?', [POISONED, UNSEEN]).orderBy('id');

/**
 * Writes anew the rows of cases and records in which a character stands that no program can read, or that are indexed
 * as before. It may run while people work, and again. Events are not touched: what was recorded still proves itself.
 */
export const run: Run = async () => {
  const config = commandConfig(['databaseUrl']);
  const settings = { hash: config.hash, key: config.secrets.chain };
  const knex = createDatabase(config.databaseUrl, { applicationName: 'xinzhi-mend-text', statementTimeoutMs: 0 });
  let cases = 0;
  let records = 0;
  try {
    const files: { id: string; case_no: string }[] = await suspects(knex, 'case_file').select('id', 'case_no');
    for (const { id, case_no: caseNo } of files) {
      if (!isOfRows(await verifyCase(knex, settings, caseNo))) continue;
      await rebuildCase(knex, id);
      cases += 1;
    }
    const ids: string[] = await suspects(knex, 'record').pluck('id');
    for (const id of ids) {
      if (!isOfRows(await verifyRecord(knex, settings, id))) continue;
      await rebuildRecord(knex, id);
      records += 1;
    }
  } finally {
    await knex.destroy();
  }
  process.stdout.write(`The rows of ${cases} cases and ${records} records were written anew.\n`);
};
