import { setImmediate as turn } from 'node:timers/promises';
import { shiftIntoOfficeHours, type Calendar } from '../rules/calendar/index.ts';
import { nextRing } from '../rules/casefile/clockwork.ts';
import { actorOf, type Act, type Acting, type Command } from '../rules/casefile/commands.ts';
import { decide } from '../rules/casefile/decide.ts';
import type { Draft } from '../rules/casefile/events.ts';
import { apply, blankCase, openTasks } from '../rules/casefile/fold.ts';
import type { CaseActivities } from '../rules/casefile/ports.ts';
import type { Actor, CaseKind, FileRef, Form, Instant, TaskState } from '../rules/casefile/types.ts';
import { processes } from '../rules/processes.ts';
import { CaseFile } from '../../workflows/case/file.ts';

/** What somebody does with a task, and how many office hours he takes for it. */
export interface Move {
  by: Acting;
  outcome: string;
  form: Form;
  hours: number;
  /** What must be done elsewhere before, at that instant. */
  before?: (at: Instant) => Promise<void>;
}

/** What somebody does to the case beside its tasks; `id` where something else goes by that of the command. */
export interface Deed {
  by: Acting;
  act: Act;
  hours: number;
  id?: string;
  before?: Move['before'];
}

/** Says what becomes of an open task; null leaves it open, and the story ends when all are left. */
export type Script = (task: TaskState, file: CaseFile) => Move | null;

/** Says what is done beside the tasks as the case stands; null for nothing more. */
export type Beside = (file: CaseFile) => Deed | null;

const hourMs = 3_600_000;

/**
 * A case file written by playing a script with the real procedure, over past days. Every step goes through the same
 * `record` activity as in life, so a process that takes the file up finds nothing unusual in it.
 */
export class ScriptedCase extends CaseFile {
  readonly #activities: Pick<CaseActivities, 'record'>;
  readonly #calendar: Calendar;
  readonly #script: Script;
  readonly #beside: Beside;
  readonly #end: number;
  #now: number;
  #last: Promise<unknown> = Promise.resolve();
  #appending = 0;
  #stepping: Promise<void> | null = null;
  readonly #ended: Promise<void>;
  #endStory: () => void = () => undefined;

  constructor(options: { id: string; activities: Pick<CaseActivities, 'record'>; calendar: Calendar; script: Script; beside?: Beside; begins: Instant; ends: Instant }) {
    super(blankCase(options.id));
    this.#activities = options.activities;
    this.#calendar = options.calendar;
    this.#script = options.script;
    this.#beside = options.beside ?? (() => null);
    this.#now = Date.parse(options.begins);
    this.#end = Date.parse(options.ends);
    this.#ended = new Promise((resolve) => {
      this.#endStory = resolve;
    });
  }

  /** Opens the case and plays the procedure until the script has no more to say or the present is reached. */
  async play(kind: CaseKind, opening: { title: string; opening: Form; actor: Actor; files?: FileRef[] }, procedure: (file: CaseFile) => Promise<void>): Promise<void> {
    await this.#record(this.state.id, true, opening.actor, [
      { type: 'case.opened', kind, definition: processes[kind].version, title: opening.title, opening: opening.opening, files: opening.files ?? [] },
    ]);
    await Promise.race([procedure(this), this.#ended]);
    await this.#ringUntil(this.#end);
  }

  protected override async append(key: string, drafts: Draft[]): Promise<void> {
    this.#appending += 1;
    await this.#inTurn(() => this.#record(key, false, null, drafts)).finally(() => (this.#appending -= 1));
  }

  protected override async until(met: (now: Instant) => boolean, at?: Instant): Promise<void> {
    while (!met(new Date(this.#now).toISOString())) {
      this.#stepping ??= this.#step(at).finally(() => (this.#stepping = null));
      await this.#stepping;
    }
  }

  /** One move of the one who is quickest. Parts of the procedure that run side by side wait for the same step. */
  async #step(at?: Instant): Promise<void> {
    do await turn();
    while (this.#appending > 0);
    const moves = openTasks(this.state).flatMap((task): Deed[] => {
      const move = this.#script(task, this);
      return move ? [{ ...move, act: { type: 'complete', task: task.id, outcome: move.outcome, form: move.form }, id: `${this.state.id}:${task.id}` }] : [];
    });
    const beside = this.#beside(this);
    const deeds = beside ? [...moves, beside] : moves;
    const next = deeds.reduce<Deed | null>((a, b) => (!a || b.hours < a.hours ? b : a), null);
    const then = next ? shiftIntoOfficeHours(this.#calendar, this.#now + next.hours * hourMs) : at ? Date.parse(at) : Infinity;
    if (then > this.#end) {
      this.#endStory();
      return new Promise(() => undefined);
    }
    await this.#inTurn(async () => {
      await this.#ringUntil(then);
      this.#now = then;
      if (next) await this.#act(next);
      else this.#now += 1;
    });
  }

  #inTurn<T>(step: () => Promise<T>): Promise<T> {
    const result = this.#last.then(step);
    this.#last = result.catch(() => undefined);
    return result;
  }

  async #act({ by, act, id = `${this.state.id}:${act.type}`, before }: Deed): Promise<void> {
    const at = new Date(this.#now).toISOString();
    await before?.(at);
    const command: Command = {
      id,
      by,
      act,
      seen: null,
      requestId: 'demo',
      at,
    };
    const decision = decide(this.state, command, at);
    if ('refusal' in decision) throw new Error(`the script can't do ${command.id} of ${this.state.title}: ${decision.refusal.key}`);
    await this.#record(command.id, true, actorOf(by), decision.drafts);
  }

  async #ringUntil(then: number): Promise<void> {
    for (let ring = nextRing(this.state); ring && Date.parse(ring.at) <= then; ring = nextRing(this.state)) {
      this.#now = Math.max(this.#now, Date.parse(ring.at));
      await this.#record(ring.key, false, null, [ring.draft]);
    }
  }

  async #record(key: string, command: boolean, actor: Actor | null, drafts: Draft[]): Promise<void> {
    const { events } = await this.#activities.record({
      caseId: this.state.id,
      after: this.state.seq,
      key,
      command,
      actor,
      drafts,
      at: new Date(this.#now).toISOString(),
      requestId: null,
    });
    for (const event of events) apply(this.state, event);
  }
}
