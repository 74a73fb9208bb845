import { setTimeout as delay } from 'node:timers/promises';
import { isGrpcServiceError, WithStartWorkflowOperation, WorkflowNotFoundError, type Client } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import type { Knex } from 'knex';
import type { Command } from '../../rules/casefile/commands.ts';
import type { NewCase } from '../../rules/casefile/ports.ts';
import type { CaseKind, Said } from '../../rules/casefile/types.ts';
import { Unavailable, type Part } from '../http/errors.ts';

/** Where an act stands in the file. */
export interface Receipt {
  seq: number;
  caseNo: string;
}

/** The case, as it stands, does not allow the act; `said` tells the person why. Nothing was recorded. */
export class Refused extends Error {
  readonly said: Said;
  constructor(said: Said) {
    super(said.key);
    this.name = 'Refused';
    this.said = said;
  }
}

export interface GatewayDependencies {
  client: Client;
  knex: Knex;
  taskQueue: string;
  /** How long an answer is waited for, in milliseconds. */
  timeoutMs: number;
}

/** What became of a command: recorded for good, or given up for good. */
export type Fate = { recorded: true; caseId: string; seq: number } | { recorded: false };

export interface CaseGateway {
  /** Opens a case whose id is that of the command; sent twice it is one case. */
  open(caseId: string, opening: NewCase): Promise<Receipt>;
  act(kind: CaseKind, caseId: string, command: Command): Promise<Receipt>;
  /** Settles what became of a command that got no answer: from then on it is either recorded or never will be. */
  settle(caseId: string, commandId: string): Promise<Fate>;
  /** Sees to it that a process runs on the case's file. */
  takeUp(kind: CaseKind, caseId: string): Promise<void>;
  /** Has the open deadlines of a case computed again; `key` names the change of rule or calendar. */
  recompute(kind: CaseKind, caseId: string, key: string): Promise<void>;
}

export const workflowId = (kind: CaseKind, caseId: string): string => `${kind}-${caseId}`;

/** Of the time a person waits, the part in which Temporal is to answer; the rest is for settling what became of the act. */
const forTemporal = 0.75;

/** Temporal answers such a question in milliseconds, or is away. */
const probeMs = 500;

/** So often an act is sent again to a case whose run is about to be replaced; that takes some tens of milliseconds. */
const mostTries = 10;

/** So often an act is sent again to a process that does not know yet what it has recorded, each time a little later. */
const mostLooks = 20;
const longestLookMs = 250;

const overdue = Symbol('overdue');

/** What the work gives, or `overdue` once the time is over; `giveUp` then ends the work. */
async function within<T>(ms: number, work: Promise<T>, giveUp?: AbortController): Promise<T | typeof overdue> {
  const stop = new AbortController();
  try {
    return await Promise.race([work, delay(ms, overdue, { signal: stop.signal, ref: false })]);
  } finally {
    stop.abort();
    giveUp?.abort();
  }
}

function applicationFailure(error: unknown): ApplicationFailure | null {
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof ApplicationFailure) return cause;
  }
  return null;
}

/** gRPC status codes of an update that was put aside as the run it was sent to is ending. */
const putAside = new Set<unknown>([9, 10]);

/**
 * The run makes room for another: it found the file ahead of it and recorded nothing, or ended in the very moment in
 * which it answered. Whether the act is recorded or not, it may be sent again, as a command is recorded once.
 */
function runIsEnding(error: unknown): boolean {
  if (applicationFailure(error)?.type === 'StaleFile') return true;
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    if (isGrpcServiceError(cause)) return putAside.has(cause.code);
  }
  return false;
}

/**
 * The web's way to the running cases. Every call answers within `timeoutMs`. An act that got no answer is given up
 * in PostgreSQL, where the process would have recorded it: so "not recorded" is never a guess.
 */
export function createCaseGateway({ client, knex, taskQueue, timeoutMs }: GatewayDependencies): CaseGateway {
  const startOptions = (kind: CaseKind, caseId: string) =>
    ({ workflowId: workflowId(kind, caseId), taskQueue, workflowIdConflictPolicy: 'USE_EXISTING' }) as const;

  async function settle(caseId: string, commandId: string): Promise<Fate> {
    const given = await knex('command').insert({ id: commandId, case_id: caseId, outcome: 'void' }).onConflict('id').ignore().returning('id');
    if (given.length > 0) return { recorded: false };
    const row = await knex<{ id: string; case_id: string; outcome: string; seq: number }>('command').where({ id: commandId, case_id: caseId }).first();
    return row?.outcome === 'recorded' ? { recorded: true, caseId, seq: row.seq } : { recorded: false };
  }

  async function receipt({ caseId, seq }: { caseId: string; seq: number }): Promise<Receipt> {
    const row = await knex<{ id: string; case_no: string }>('case_file').where({ id: caseId }).first('case_no');
    return { seq, caseNo: row?.case_no ?? '' };
  }

  /** The part that did not answer. */
  async function away(): Promise<Part> {
    try {
      await client.withDeadline(Date.now() + probeMs, () => client.workflowService.getSystemInfo({}));
      return 'worker';
    } catch {
      return 'temporal';
    }
  }

  /** Runs a call to Temporal against the clock; without an answer the command is settled. */
  async function answered(caseId: string, commandId: string, call: () => Promise<Receipt>): Promise<Receipt> {
    const end = Date.now() + timeoutMs;
    const giveUp = new AbortController();
    let cause: unknown = null;
    try {
      // Given up, the call must end: the client would ask for its outcome for ever.
      const answer = await within(timeoutMs * forTemporal, client.withAbortSignal(giveUp.signal, call), giveUp);
      if (answer !== overdue) return answer;
    } catch (error) {
      const failure = applicationFailure(error);
      if (failure?.type === 'Refused') throw new Refused(failure.details?.[0] as Said);
      cause = error;
    }
    const [part, settled] = await Promise.all([
      away(),
      within(end - Date.now(), settle(caseId, commandId).then(async (fate) => (fate.recorded ? receipt(fate) : null))).catch((error: unknown) => {
        throw new Unavailable('database', 'unknown', error);
      }),
    ]);
    if (settled === overdue) throw new Unavailable('database', 'unknown', cause);
    if (settled === null) throw new Unavailable(part, 'no', cause);
    return settled;
  }

  async function takeUp(kind: CaseKind, caseId: string): Promise<void> {
    await client.workflow.start(kind, { ...startOptions(kind, caseId), args: [{ caseId, opening: null }] });
  }

  async function updateWithStart<Arg>(kind: CaseKind, caseId: string, name: string, updateId: string, args: Arg[], opening: NewCase | null): Promise<Receipt> {
    const startWorkflowOperation = new WithStartWorkflowOperation(kind, { ...startOptions(kind, caseId), args: [{ caseId, opening }] });
    const answer: unknown = await client.workflow.executeUpdateWithStart(name, { startWorkflowOperation, updateId, args });
    return answer as Receipt;
  }

  /**
   * Whether a process refused by what the file no longer says: it has recorded a step and has yet to learn so, as happens
   * where a worker is slow. A person who read the file acts on that step already.
   */
  async function isBehind(caseId: string, error: unknown): Promise<boolean> {
    const failure = applicationFailure(error);
    const known: unknown = failure?.details?.[1];
    if (failure?.type !== 'Refused' || typeof known !== 'number') return false;
    const row = await knex<{ id: string; head_seq: number }>('case_file').where({ id: caseId }).first('head_seq');
    return row !== undefined && row.head_seq > known;
  }

  async function update<Arg>(kind: CaseKind, caseId: string, name: string, id: string, arg: Arg): Promise<Receipt> {
    for (let [tries, looks] = [1, 0]; ; tries += 1) {
      // A run answers one id once and for all, so each try has its own; what is recorded once is the command.
      const updateId = tries === 1 ? id : `${id}.${tries}`;
      try {
        return await client.workflow.getHandle(workflowId(kind, caseId)).executeUpdate<Receipt, [Arg]>(name, { updateId, args: [arg] });
      } catch (error) {
        // No process runs on the file (Temporal was set up anew, or the case rested): one is started together with the
        // update, as on a file that has nothing left to happen it ends at once.
        if (error instanceof WorkflowNotFoundError) return updateWithStart<Arg>(kind, caseId, name, updateId, [arg], null);
        if (looks < mostLooks && (await isBehind(caseId, error))) {
          looks += 1;
          await delay(Math.min(looks * 20, longestLookMs));
          continue;
        }
        if (!runIsEnding(error) || tries - looks >= mostTries) throw error;
        await delay((tries - looks) * 20);
      }
    }
  }

  return {
    settle,
    takeUp,
    open(caseId, opening) {
      return answered(caseId, caseId, () => updateWithStart(opening.kind, caseId, 'opened', `opened-${caseId}`, [], opening));
    },
    act(kind, caseId, command) {
      return answered(caseId, command.id, () => update(kind, caseId, 'act', command.id, command));
    },
    async recompute(kind, caseId, key) {
      await update(kind, caseId, 'recompute', `recompute-${key}`, { key });
    },
  };
}

