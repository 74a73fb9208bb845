import { closingOf, exclusionsOf, opened, taskId, type Opening } from '../../src/rules/casefile/decide.ts';
import type { Draft, RecordOfCase } from '../../src/rules/casefile/events.ts';
import { isClosed, openTasks, taskOf } from '../../src/rules/casefile/fold.ts';
import type { RecordChange } from '../../src/rules/records/changes.ts';
import type { Actor, CaseState, Form, Instant } from '../../src/rules/casefile/types.ts';

/** A finished task, as a procedure reads it. */
export interface Done<F = Form> {
  id: string;
  key: string | null;
  outcome: string;
  form: F;
  by: Actor;
  at: Instant;
}

/** The applicant took his application back while the procedure waited for somebody: it ends here. */
export class Withdrawn extends Error {}

/**
 * The case file as a procedure sees it. Every step first looks into the file: what is already there is not done
 * again. So a procedure can be started on any file, half done or finished, and finds its place by itself.
 */
export abstract class CaseFile {
  readonly state: CaseState;
  readonly #rounds = new Map<string, number>();
  readonly #steps = new Map<string, number>();
  #closings = 0;

  constructor(state: CaseState) {
    this.state = state;
  }

  /** Records drafts once under a key that names them for ever. */
  protected abstract append(key: string, drafts: Draft[]): Promise<void>;
  /**
   * Whether the procedure goes on as it was changed under this name: false where a run is replayed that had gone on before
   * the change. A file that went on then is for the procedure to know.
   */
  adopts(_change: string): boolean {
    return true;
  }
  /** Resolves when the file fulfils the condition; `at` is an instant at which it is to be asked again. */
  protected abstract until(condition: (now: Instant) => boolean, at?: Instant): Promise<void>;

  /**
   * Opens human tasks that run side by side, and resolves when the last of them is done; `each` is what follows each one
   * as soon as it is done.
   */
  async tasks<F = Form>(openings: readonly Opening[], each?: (done: Done<F>) => Promise<void>): Promise<Done<F>[]> {
    const rounds = openings.map((opening) => {
      const key = opening.key ?? null;
      const name = taskId(opening.stage, key, 0);
      const round = (this.#rounds.get(name) ?? 0) + 1;
      this.#rounds.set(name, round);
      return { opening, round, id: taskId(opening.stage, key, round) };
    });
    const missing = rounds.filter(({ id }) => !this.state.tasks[id]);
    if (missing.length > 0) {
      await this.append(
        `open:${missing.map(({ id }) => id).join('+')}`,
        missing.map(({ opening, round }) => opened({ ...opening, excluded: exclusionsOf(this.state, opening) }, round)),
      );
    }
    const waitFor = async (ids: readonly string[]): Promise<void> => {
      const done = (): boolean => ids.every((id) => this.state.tasks[id]?.status === 'done');
      await this.until(() => done() || this.#isWithdrawn());
      if (!done()) throw new Withdrawn();
    };
    if (each) {
      await Promise.all(rounds.map(async ({ id }) => {
        await waitFor([id]);
        await each(this.#done<F>(id));
      }));
    } else await waitFor(rounds.map(({ id }) => id));
    return rounds.map(({ id }) => this.#done<F>(id));
  }

  /** Opens a human task and resolves with its outcome. A stage that is entered again is the next round of it. */
  async task<F = Form>(opening: Opening): Promise<Done<F>> {
    const [done] = await this.tasks<F>([opening]);
    return done!;
  }

  /** Opens a human task for which nobody waits beyond its deadline; null when it was not done until then. */
  async taskInTime<F = Form>(opening: Opening): Promise<Done<F> | null> {
    const round = (this.#rounds.get(taskId(opening.stage, opening.key ?? null, 0)) ?? 0) + 1;
    this.#rounds.set(taskId(opening.stage, opening.key ?? null, 0), round);
    const id = taskId(opening.stage, opening.key ?? null, round);
    if (!this.state.tasks[id]) await this.append(`open:${id}`, [opened({ ...opening, lapses: true }, round)]);
    await this.until(() => this.state.tasks[id]?.status !== 'open' || this.#isWithdrawn());
    if (this.#isWithdrawn()) throw new Withdrawn();
    return taskOf(this.state, id).status === 'done' ? this.#done<F>(id) : null;
  }

  /**
   * Changes records in the transaction of this step, and gives the units that used one of them at that moment. A step of
   * the same name that is taken again is the next round of it. `store` are records made with it, which come from the
   * first one that is changed; `before` is what else is recorded in that transaction, before the change.
   */
  async changeRecords(step: string, changes: readonly RecordChange[], { store, before = [] }: { store?: RecordOfCase[]; before?: Draft[] } = {}): Promise<readonly string[]> {
    const round = (this.#steps.get(step) ?? 0) + 1;
    this.#steps.set(step, round);
    const name = round === 1 ? step : `${step}#${round}`;
    if (!this.state.changed?.[name]) {
      await this.append(`records:${name}`, [...before, { type: 'records.changed', step: name, changes: [...changes], ...(store ? { store } : {}) }]);
    }
    return this.state.changed![name]!.units;
  }

  #done<F>(id: string): Done<F> {
    const task = taskOf(this.state, id);
    return { id, key: task.key, outcome: task.outcome!, form: task.form as F, by: task.doneBy!, at: task.doneAt! };
  }

  #isWithdrawn(): boolean {
    return this.state.withdrawn !== undefined;
  }

  /** Work that runs beside what follows and is awaited later: should it fail before that, the run ends by its own ways. */
  beside<T>(work: Promise<T>): Promise<T> {
    work.catch(() => undefined);
    return work;
  }

  /** Makes a text public for its term; `id` is the task in which somebody released it. */
  async publish(id: string, of: { unit: string; title: string; text: string; basis: string; channel: string; months: number }): Promise<void> {
    if (this.state.disclosures.some((d) => d.id === id)) return;
    const { unit, title, text, basis, channel, months } = of;
    await this.append(`publish:${id}`, [{ type: 'disclosure.published', disclosure: id, unit, title, text, basis, channel, months }]);
  }

  /**
   * Closes the case; what is still open in it is cancelled, but for a decision on what stays public after it. `final`: it
   * is not opened again; `banRule`: the limit before which the subject may not apply again.
   */
  async close(outcome: string, summary: string, { final = false, banRule }: { final?: boolean; banRule?: string } = {}): Promise<void> {
    const number = this.#closings++;
    if (this.state.closings[number]) return;
    const reopenRule = final ? null : `${this.state.kind}.reopen-window`;
    await this.append(`close:${number}`, closingOf(this.state, outcome, summary, { reopenRule, ...(banRule === undefined ? {} : { banRule }) }));
  }

  /**
   * After a closing: true once the case is reopened; false when nothing can happen to it any more, as the window
   * for reopening is over, no disclosure of it is public and no decision about one is pending.
   */
  async reopened(): Promise<boolean> {
    const closing = this.state.closings[this.#closings - 1];
    if (!closing) throw new Error('reopened() follows close()');
    const reopened = (): boolean => this.state.closings[this.#closings - 1]?.reopened !== null;
    await this.until(
      (now) => reopened() || (now > closing.reopenUntil && !this.state.disclosures.some((d) => d.status === 'published') && openTasks(this.state).length === 0),
      closing.reopenUntil,
    );
    return reopened() || !isClosed(this.state);
  }
}
