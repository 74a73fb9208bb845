import {
  allHandlersFinished,
  ApplicationFailure,
  condition,
  continueAsNew,
  defineUpdate,
  patched,
  proxyActivities,
  proxyLocalActivities,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import { nextRing } from '../../src/rules/casefile/clockwork.ts';
import { actorOf, type Command } from '../../src/rules/casefile/commands.ts';
import { decide } from '../../src/rules/casefile/decide.ts';
import type { Draft } from '../../src/rules/casefile/events.ts';
import { apply } from '../../src/rules/casefile/fold.ts';
import { mailQueueOf, type CaseActivities, type MailActivities, type NewCase, type RecordRequest } from '../../src/rules/casefile/ports.ts';
import type { Instant, Said } from '../../src/rules/casefile/types.ts';
import { processes } from '../../src/rules/processes.ts';
import { CaseFile } from './file.ts';

/** Arguments of every kind of case: a new one brings its facts, one that is taken up has them in its file. */
export interface CaseStart {
  caseId: string;
  opening: NewCase | null;
}

/** What a person learns after his act: the file has it, under this number. */
export interface Receipt {
  seq: number;
  caseNo: string;
}

/** A person's act. Refused with an ApplicationFailure of type `Refused` whose detail is the sentence for him. */
export const actUpdate = defineUpdate<Receipt, [Command]>('act');
/** Answers once the file is there; sent together with the start of a new case. */
export const openedUpdate = defineUpdate<Receipt>('opened');
/** Open deadlines are to be computed again, as a rule or the calendar changed; the key names the change. */
export const recomputeUpdate = defineUpdate<Receipt, [{ key: string }]>('recompute');

// Local activities answer within the same workflow task: an act costs one round trip to the server.
const { record, load } = proxyLocalActivities<CaseActivities>({
  startToCloseTimeout: '20s',
  retry: { initialInterval: '200ms', maximumInterval: '5s', nonRetryableErrorTypes: ['StaleFile', 'Voided'] },
});
/** @param seq the last event that the refusal knows of: who asks may see a later one in the file already. */
const refused = (said: Said, seq: number): ApplicationFailure =>
  ApplicationFailure.create({ type: 'Refused', message: said.key, details: [said, seq], nonRetryable: true });

const now = (): Instant => new Date().toISOString();

function failureType(error: unknown): string | null {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof ApplicationFailure) return cause.type ?? null;
  }
  return null;
}

/** A case file on which a process runs: acts come in as updates, and one timer waits for the next ring. */
class RunningCase extends CaseFile {
  /** Appends and acts take their turns; what an act was allowed to do is asked again when its turn comes. */
  #turn: Promise<unknown> = Promise.resolve();
  #waiting = 0;
  #changes = 0;
  #delivering = 0;
  #stale = false;

  static async take(start: CaseStart): Promise<RunningCase> {
    const files: { file: RunningCase | null } = { file: null };
    const ready = async (): Promise<RunningCase> => {
      await condition(() => files.file !== null);
      return files.file!;
    };
    setHandler(actUpdate, async (command) => (await ready()).act(command), {
      validator: (command: Command) => files.file?.admit(command),
    });
    setHandler(openedUpdate, async () => ({ ...(await ready()).receipt(), seq: 1 }));
    setHandler(recomputeUpdate, async ({ key }) => (await ready()).recompute(key));

    const { state, mails } = await load(start.caseId);
    const file = new RunningCase(state);
    file.send(mails);
    if (state.seq === 0) {
      if (!start.opening) throw ApplicationFailure.nonRetryable(`case ${start.caseId} has no file`, 'NoFile');
      const { kind, title, opening, files: attached, actor, requestId } = start.opening;
      await file.record({
        key: start.caseId,
        command: true,
        actor,
        requestId,
        at: null,
        drafts: [{ type: 'case.opened', kind, definition: processes[kind].version, title, opening, files: attached }],
      });
    }
    files.file = file;
    return file;
  }

  private receipt(): Receipt {
    return { seq: this.state.seq, caseNo: this.state.caseNo };
  }

  /** Synchronous, as the SDK does not await validators: an answer before anything is written to the history. */
  private admit(command: Command): void {
    if (this.state.commands.includes(command.id)) return;
    const decision = decide(this.state, command, now());
    if ('refusal' in decision) throw refused(decision.refusal, this.state.seq);
  }

  private async act(command: Command): Promise<Receipt> {
    return this.inTurn(async () => {
      // One that is in the file is not decided again: the record answers where it stands.
      const decision = this.state.commands.includes(command.id) ? { drafts: [] } : decide(this.state, command, now());
      if ('refusal' in decision) throw refused(decision.refusal, this.state.seq);
      const seq = await this.record({
        key: command.id,
        command: true,
        actor: actorOf(command.by),
        drafts: decision.drafts,
        at: command.at,
        requestId: command.requestId,
      });
      return { seq, caseNo: this.state.caseNo };
    });
  }

  private async recompute(key: string): Promise<Receipt> {
    return this.inTurn(async () => {
      const drafts = Object.values(this.state.tasks)
        .filter((task) => task.status === 'open' && task.deadline !== null)
        .map((task): Draft => ({ type: 'deadline.recomputed', task: task.id }));
      if (drafts.length > 0) await this.record({ key: `recompute:${key}`, command: false, actor: null, drafts, at: null, requestId: null });
      return this.receipt();
    });
  }

  override adopts(change: string): boolean {
    return patched(change);
  }

  protected override async append(key: string, drafts: Draft[]): Promise<void> {
    await this.inTurn(() => this.record({ key, command: false, actor: null, drafts, at: null, requestId: null }));
  }

  protected override async until(met: (now: Instant) => boolean, at?: Instant): Promise<void> {
    while (!met(now())) {
      const seen = this.#changes;
      const left = at === undefined ? 0 : Date.parse(at) - Date.now();
      const changed = (): boolean => this.#changes !== seen;
      await (left > 0 ? condition(changed, left + 1) : condition(changed));
    }
  }

  private inTurn<T>(step: () => Promise<T>): Promise<T> {
    this.#waiting += 1;
    const result = this.#turn.then(step);
    this.#turn = result.catch(() => undefined).then(() => (this.#waiting -= 1));
    return result;
  }

  /** Gives the number of the step's last event. */
  private async record(step: Omit<RecordRequest, 'caseId' | 'after'>): Promise<number> {
    try {
      const { events, seq, mails } = await record({ ...step, caseId: this.state.id, after: this.state.seq });
      for (const event of events) apply(this.state, event);
      this.send(mails);
      return seq;
    } catch (error) {
      // Another run wrote to this file (a restored server, a forced restart): a new run begins on what it holds.
      if (failureType(error) === 'StaleFile') this.#stale = true;
      throw error;
    } finally {
      this.#changes += 1;
    }
  }

  private send(mails: string[]): void {
    if (mails.length === 0) return;
    this.#delivering += 1;
    const { deliver } = proxyActivities<MailActivities>({
      taskQueue: mailQueueOf(workflowInfo().taskQueue),
      // A delivery of many mails to a slow server takes long; a dead worker is noticed by its silence.
      startToCloseTimeout: '1 hour',
      heartbeatTimeout: '30s',
      scheduleToCloseTimeout: '3 days',
      retry: { initialInterval: '5s', maximumInterval: '30 minutes' },
    });
    // A mail that can't be delivered is shown in the mail log; it must not stop the case.
    void deliver(mails)
      .catch(() => undefined)
      .then(() => (this.#delivering -= 1));
  }

  /** One loop over the next thing to happen, so that a history holds one pending timer and no stale ones. */
  async keepTime(): Promise<never> {
    for (;;) {
      const ring = nextRing(this.state);
      const seen = this.#changes;
      const changed = (): boolean => this.#changes !== seen;
      if (!ring) {
        await condition(changed);
        continue;
      }
      const left = Date.parse(ring.at) - Date.now();
      if (left > 0 && (await condition(changed, left))) continue;
      await this.inTurn(async () => {
        if (nextRing(this.state)?.key !== ring.key) return;
        await this.record({ key: ring.key, command: false, actor: null, drafts: [ring.draft], at: null, requestId: null });
      });
    }
  }

  /** Resolves when this run should end: the history has grown long, or the file went on without it. */
  async tired(): Promise<'tired'> {
    await condition(() => this.#stale || (this.#changes > 0 && workflowInfo().continueAsNewSuggested));
    return 'tired';
  }

  /** Every act is answered and every step recorded; a run that is the last one also sees its mail off. Another finds it in the file. */
  async quiet(end: 'finished' | 'tired'): Promise<void> {
    await condition(() => allHandlersFinished() && this.#waiting === 0 && (end === 'tired' || this.#delivering === 0));
  }
}

/**
 * Runs a procedure on a case file from wherever the file stands, and goes on in a new run when the history has
 * grown long or another run has written to the file.
 */
export async function runCase(start: CaseStart, procedure: (file: CaseFile) => Promise<void>): Promise<void> {
  const file = await RunningCase.take(start);
  let end: 'finished' | 'tired';
  try {
    end = await Promise.race([procedure(file).then(() => 'finished' as const), file.keepTime(), file.tired()]);
  } catch (error) {
    if (failureType(error) !== 'StaleFile') throw error;
    end = 'tired';
  }
  await file.quiet(end);
  if (end === 'tired') await continueAsNew<(start: CaseStart) => Promise<void>>({ caseId: file.state.id, opening: null });
}
