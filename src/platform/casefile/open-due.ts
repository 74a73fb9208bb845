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
 * Starts a process for every case that is due and has no file yet, and forgets the rows whose case has one. A
 * row stays until its file is there: that Temporal took the start, and lost it, or that the worker died in between, is
 * made good by the next look. Several may do so at once, as the id of the case names its process.
 * @returns how many are still waited for.
 */
export async function openDueCases({ knex, client, taskQueue }: OpeningParts): Promise<number> {
  await knex.raw('delete from case_due d using case_file f where f.id = d.case_id');
  await writeDoubleCodes(knex);
  let waiting = 0;
  for (let after = '00000000-0000-0000-0000-000000000000'; ;) {
    const rows: DueRow[] = await knex('case_due').where('case_id', '>', after).orderBy('case_id').limit(chunk).select('case_id', 'kind', 'title', 'opening');
    const last = rows.at(-1);
    if (!last) return waiting;
    const office = await creditOffice(knex);
    if (office === null) return waiting + rows.length;
    for (let n = 0; n < rows.length; n += atOnce) {
      await Promise.all(rows.slice(n, n + atOnce).map(async ({ case_id: caseId, kind, title, opening }) => {
        const whole: NewCase = { kind, title, opening: { offices: { creditOffice: office }, ...opening } as unknown as Form, files: [], actor: null, requestId: null };
        await client.workflow.start(kind, { workflowId: workflowId(kind, caseId), taskQueue, workflowIdConflictPolicy: 'FAIL', args: [{ caseId, opening: whole }] })
          .catch((error: unknown) => {
            if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
          });
      }));
    }
    waiting += rows.length;
    after = last.case_id;
  }
}

/** Opens what is due now and every two seconds, until the returned function is called. */
export function startOpeningCases(parts: OpeningParts, logger: Logger): () => Promise<void> {
  return repeat(
    everyMs,
    async () => {
      const count = await openDueCases(parts);
      if (count > 0) logger.info({ count }, 'cases that are due are opened');
    },
    (error) => logger.warn({ err: error }, 'cases that are due were not opened; it is tried again'),
  );
}
