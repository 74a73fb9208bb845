import { WorkflowExecutionAlreadyStartedError, type Client } from '@temporalio/client';
import type { Knex } from 'knex';
import type { Logger } from 'pino';
import type { NewCase } from '../../rules/casefile/ports.ts';
import type { Form } from '../../rules/casefile/types.ts';
import { writeDoubleCodes } from '../records/codes.ts';
import { repeat } from '../repeat.ts';
import type { CaseDue } from './due.ts';
import { workflowId } from './gateway.ts';

const everyMs = 2000;
const atOnce = 16;
const chunk = 500;

export interface OpeningParts {
  readonly knex: Knex;
  readonly client: Client;
  readonly taskQueue: string;
}

interface DueRow {
  case_id: string;
  title: string;
  kind: CaseDue['kind'];
  opening: object;
}

/** The office that supervises; null before the city has one. */
async function creditOffice(knex: Knex): Promise<string | null> {
  const row: { id: string } | undefined = await knex('unit').where({ kind: 'creditOffice', active: true }).orderBy('id').first('id');
  return row?.id ?? null;
}

/**
 * Starts a process for every case that is due and has no file yet, and forgets the rows whose case has one. A row stays
 * until its file is there: that Temporal took the start and lost it, or that the worker died in between, is made good by a
 * later look. Several may do so at once, as the id of the case names its process.
 * @param againMs a start whose case has no file after so many milliseconds is repeated; before that the worker may be busy.
 * @returns what looks once, and answers how many cases are still waited for.
 */
export function createCaseOpener({ knex, client, taskQueue }: OpeningParts, againMs = 60_000): () => Promise<number> {
  let started = new Map<string, number>();

  async function start({ case_id: caseId, kind, title, opening }: DueRow, office: string): Promise<void> {
    const whole: NewCase = { kind, title, opening: { offices: { creditOffice: office }, ...opening } as unknown as Form, files: [], actor: null, requestId: null };
    try {
      await client.workflow.start(kind, { workflowId: workflowId(kind, caseId), taskQueue, workflowIdConflictPolicy: 'FAIL', args: [{ caseId, opening: whole }] });
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    }
    started.set(caseId, Date.now());
  }

  return async () => {
    await knex.raw('delete from case_due d using case_file f where f.id = d.case_id');
    await writeDoubleCodes(knex);
    const waiting: string[] = [];
    for (let after = '00000000-0000-0000-0000-000000000000'; ;) {
      const rows: DueRow[] = await knex('case_due').where('case_id', '>', after).orderBy('case_id').limit(chunk).select('case_id', 'kind', 'title', 'opening');
      const last = rows.at(-1);
      const office = last && (await creditOffice(knex));
      if (!last || office === null || office === undefined) break;
      const wanted = rows.filter(({ case_id: id }) => Date.now() - (started.get(id) ?? 0) >= againMs);
      for (let n = 0; n < wanted.length; n += atOnce) await Promise.all(wanted.slice(n, n + atOnce).map((row) => start(row, office)));
      waiting.push(...rows.map(({ case_id: id }) => id));
      after = last.case_id;
    }
    started = new Map(waiting.flatMap((id) => (started.has(id) ? [[id, started.get(id)!]] : [])));
    return waiting.length;
  };
}

/** Opens what is due now and every two seconds, until the returned function is called. */
export function startOpeningCases(parts: OpeningParts, logger: Logger): () => Promise<void> {
  const open = createCaseOpener(parts);
  return repeat(
    everyMs,
    async () => {
      const count = await open();
      if (count > 0) logger.info({ count }, 'cases that are due are opened');
    },
    (error) => logger.warn({ err: error }, 'cases that are due were not opened; it is tried again'),
  );
}
