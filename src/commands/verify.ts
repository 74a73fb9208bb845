import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { verifyAnchors } from '../platform/anchor/check.ts';
import { verifyStored } from '../platform/anchor/stored.ts';
import { rebuildCase, verifyAll, verifyCase } from '../platform/casefile/verify.ts';
import { recount } from '../platform/counts.ts';
import { createDatabase } from '../platform/database.ts';
import type { Finding, Verified } from '../platform/proof.ts';
import { rebuildRecord, verifyRecord, verifyRecords } from '../platform/records/verify.ts';
import { createFolderStorage } from '../platform/storage.ts';
import { commandConfig } from './context.ts';
import { CommandError } from './running.ts';
import type { Run } from './index.ts';

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const everyMs = 2000;

/** Looks at all files of a kind and says now and then how far it is. */
async function lookAt(kind: string, files: AsyncIterable<Verified>): Promise<Finding[]> {
  const wrong: Finding[] = [];
  let told = Date.now();
  let last = { files: 0, events: 0 };
  for await (const { files: count, events, findings } of files) {
    wrong.push(...findings);
    last = { files: count, events };
    if (Date.now() - told > everyMs) {
      say(`${count} ${kind} looked at …`);
      told = Date.now();
    }
  }
  say(`${last.files} ${kind} with ${last.events} events looked at.`);
  return wrong;
}

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Proves every chain and every projection, or names what is wrong; the status is 1 when something is. */
export const run: Run = async (args) => {
  const { values } = parseArgs({ args: [...args], options: { case: { type: 'string' }, record: { type: 'string' }, root: { type: 'string' }, files: { type: 'boolean' }, rebuild: { type: 'boolean' } } });
  const config = commandConfig(['databaseUrl']);
  const settings = { hash: config.hash, key: config.secrets.chain };
  const knex = createDatabase(config.databaseUrl, { applicationName: 'xinzhi-verify', statementTimeoutMs: 0 });
  const wrong: Finding[] = [];
  try {
    if (values.case !== undefined) {
      const findings = await verifyCase(knex, settings, values.case);
      if (!findings) throw new CommandError(`There is no case ${values.case}.`);
      wrong.push(...findings);
      say('1 case looked at.');
    }
    if (values.record !== undefined) {
      const findings = uuid.test(values.record) ? await verifyRecord(knex, settings, values.record) : undefined;
      if (!findings) throw new CommandError(`There is no record ${values.record}.`);
      wrong.push(...findings);
      say('1 record looked at.');
    }
    if (values.case === undefined && values.record === undefined) {
      wrong.push(...(await lookAt('cases', verifyAll(knex, settings))), ...(await lookAt('records', verifyRecords(knex, settings))));
      const anchored = await verifyAnchors(knex, values.root);
      wrong.push(...anchored.findings);
      say(`${anchored.files} anchors over ${anchored.events} leaves looked at.`);
      if (values.files === true) {
        const storage = createFolderStorage(join(config.dataFolder, 'files'));
        for await (const { files, findings } of verifyStored(knex, storage)) {
          wrong.push(...findings);
          say(`${files} stored files looked at.`);
        }
      }
    }
    for (const { file, id, number, kind, detail } of wrong) process.stderr.write(`${file === 'case' ? number : [file, id, number].filter((word) => word !== '').join(' ')} ${kind}: ${detail}\n`);
    if (wrong.length === 0) {
      say('Every chain proves itself, and every row follows from its events.');
      return 0;
    }
    if (values.rebuild === true) {
      const idsOf = (of: Finding['file']): Set<string> =>
        new Set(wrong.filter(({ file, kind }) => file === of && (kind === 'state' || kind === 'row')).map(({ id }) => id));
      const [cases, records] = [idsOf('case'), idsOf('record')];
      for (const id of cases) await rebuildCase(knex, id);
      for (const id of records) await rebuildRecord(knex, id);
      // What tampered rows have put wrong, the rows written anew have put right; what else is wrong is counted from scratch.
      if (wrong.some(({ kind }) => kind === 'count')) await recount(knex);
      say(`The rows of ${cases.size} cases and ${records.size} records were written anew from their events.`);
    }
    return 1;
  } finally {
    await knex.destroy();
  }
};
