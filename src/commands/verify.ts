import { parseArgs } from 'node:util';
import { rebuildCase, verifyAll, verifyCase, type Finding } from '../platform/casefile/verify.ts';
import { createDatabase } from '../platform/database.ts';
import { commandConfig } from './context.ts';
import { CommandError } from './running.ts';
import type { Run } from './index.ts';

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const everyMs = 2000;

/** Proves every chain and every projection, or names what is wrong; the status is 1 when something is. */
export const run: Run = async (args) => {
  const { values } = parseArgs({ args: [...args], options: { case: { type: 'string' }, rebuild: { type: 'boolean' } } });
  const config = commandConfig(['databaseUrl']);
  const settings = { hash: config.hash, key: config.secrets.chain };
  const knex = createDatabase(config.databaseUrl, { applicationName: 'xinzhi-verify', statementTimeoutMs: 0 });
  const wrong: Finding[] = [];
  try {
    if (values.case !== undefined) {
      const findings = await verifyCase(knex, settings, values.case);
      if (!findings) throw new CommandError(`There is no case ${values.case}.`);
      wrong.push(...findings);
      say(`1 case looked at.`);
    } else {
      let told = Date.now();
      let last = { cases: 0, events: 0 };
      for await (const { cases, events, findings } of verifyAll(knex, settings)) {
        wrong.push(...findings);
        last = { cases, events };
        if (Date.now() - told > everyMs) {
          say(`${cases} cases looked at …`);
          told = Date.now();
        }
      }
      say(`${last.cases} cases with ${last.events} events looked at.`);
    }
    for (const { caseNo, kind, detail } of wrong) process.stderr.write(`${caseNo} ${kind}: ${detail}\n`);
    if (wrong.length === 0) {
      say('Every chain proves itself, and every row follows from its events.');
      return 0;
    }
    if (values.rebuild === true) {
      const cases = new Set(wrong.filter(({ kind }) => kind === 'state' || kind === 'row').map(({ caseId }) => caseId));
      for (const caseId of cases) await rebuildCase(knex, caseId);
      say(`The rows of ${cases.size} cases were written anew from their events.`);
    }
    return 1;
  } finally {
    await knex.destroy();
  }
};
