import { readCast, type Cast } from '../../src/demo/cast.ts';
import { createCaseGateway, type CaseGateway } from '../../src/platform/casefile/gateway.ts';
import { createTemporalClient } from '../../src/platform/temporal/connection.ts';
import { caseQueue } from '../../src/platform/temporal/queues.ts';
import type { Acting } from '../../src/rules/casefile/commands.ts';
import type { CaseKind, CaseState } from '../../src/rules/casefile/types.ts';
import { command, complete, formOf } from './cases.ts';
import { createCommitTrap } from './commit-trap.ts';
import { eventually } from './eventually.ts';
import { openOwnCity, type OwnCity, type OwnProcess } from './own-processes.ts';

/** A city whose one worker can be killed in the very moment in which a step of it is committed. */
export interface MortalCity {
  readonly city: OwnCity;
  readonly cast: Cast;
  readonly gateway: CaseGateway;
  startWorker(): Promise<void>;
  /** Has the next worker die as soon as a step that speaks of the marker is committed, before it hears of that. */
  killedAt(marker: string, go: () => Promise<unknown>): Promise<void>;
  state(caseId: string): Promise<CaseState>;
  /** Does a task, sending the act again until it is taken: for some seconds Temporal offers the case to the worker that is dead. */
  done(kind: CaseKind, caseId: string, by: Acting, task: string, outcome: string): Promise<void>;
  close(): Promise<void>;
}

export async function openMortalCity(): Promise<MortalCity> {
  const city = await openOwnCity();
  const trap = await createCommitTrap(city.config.databaseUrl);
  const temporal = createTemporalClient(city.config);
  const gateway = createCaseGateway({ client: temporal.client, knex: city.knex, taskQueue: caseQueue, timeoutMs: 4000 });
  const cast = await readCast(city.knex);
  let worker: OwnProcess;

  async function state(caseId: string): Promise<CaseState> {
    return (await city.knex('case_file').where({ id: caseId }).first<{ state: CaseState }>('state')).state;
  }

  return {
    city,
    cast,
    gateway,
    state,
    async startWorker() {
      worker = await city.start('worker', { DATABASE_URL: trap.url });
    },
    async killedAt(marker, go) {
      const committed = trap.spring(marker);
      const going = go();
      await committed;
      await worker.kill();
      await going;
    },
    async done(kind, caseId, by, task, outcome) {
      await eventually(`${task} done`, async () => {
        const { tasks } = await state(caseId);
        if (tasks[task]?.status === 'done') return true;
        if (tasks[task]?.status === 'open') await gateway.act(kind, caseId, command(by, complete(task, outcome, formOf(kind, task)))).catch(() => undefined);
        return false;
      }, 60_000, 100);
    },
    async close() {
      await city.close();
      await trap.close();
      await temporal.close();
    },
  };
}
