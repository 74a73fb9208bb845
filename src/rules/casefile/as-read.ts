import { mapTexts } from '../masking/index.ts';
import { processes } from '../processes.ts';
import type { Happening } from './events.ts';
import type { Actor, CaseState, Form, TaskState } from './types.ts';

/** How somebody reads what others wrote by hand in a case. */
export interface Reader {
  /** His units: what they wrote themselves he reads as it was written. */
  readonly units: readonly string[];
  mask(text: string): string;
}

/**
 * The units that handle a case about a record. Those that have no more in it than an order to act on (解除、更正反馈) are
 * not among them. Null for a kind of case in which everybody who sees it works with all of it.
 */
export function handlersOf({ kind, opening, tasks }: CaseState): ReadonlySet<string> | null {
  const { stages } = processes[kind];
  if (!Object.values(stages).some(({ order }) => order)) return null;
  const own = Object.values(tasks).filter(({ stage }) => stages[stage] !== undefined && !stages[stage].order);
  return new Set([String(opening['unit']), ...own.map(({ audience }) => audience.unit)]);
}

const isOwn = (actor: Actor | null, { units }: Reader): boolean => actor !== null && units.includes(actor.unit);

/** Names of the subject stand masked there already where they must be, or are a firm's; by what paper somebody was known is for those who handle it. */
function openingAsRead(opening: Form, { mask }: Reader): Form {
  const { subject, applicant, ...rest } = opening;
  const { identity: _identity, ...known } = (applicant ?? {}) as Form;
  return { ...mapTexts(rest, mask), subject, applicant: applicant === undefined ? undefined : known };
}

function taskAsRead(task: TaskState, reader: Reader): TaskState {
  const { mask, units } = reader;
  return {
    ...task,
    brief: mapTexts(task.brief, mask),
    form: isOwn(task.doneBy, reader) ? task.form : mapTexts(task.form, mask),
    files: units.includes(task.audience.unit) ? task.files : [],
    extension: task.extension && { ...task.extension, reason: mask(task.extension.reason) },
    ...(task.suspended ? { suspended: { ...task.suspended, reason: mask(task.suspended.reason) } } : {}),
  };
}

/**
 * A case as a unit reads it that does not handle it: what was written by hand is masked as in public, and of the files
 * there are its own.
 */
export function caseAsRead(state: CaseState, reader: Reader): CaseState {
  const { mask } = reader;
  return {
    ...state,
    opening: openingAsRead(state.opening, reader),
    files: [],
    tasks: Object.fromEntries(Object.entries(state.tasks).map(([id, task]) => [id, taskAsRead(task, reader)])),
    closings: state.closings.map((closing) => ({
      ...closing, summary: mask(closing.summary), reopened: closing.reopened && { ...closing.reopened, reason: mask(closing.reopened.reason) },
    })),
    recused: mapTexts(state.recused, mask),
    ...(state.withdrawn ? { withdrawn: { ...state.withdrawn, reason: mask(state.withdrawn.reason) } } : {}),
  };
}

/** The same for what happened in it. */
export function happeningAsRead<H extends Happening>({ actor, what }: { readonly actor: Actor | null; readonly what: H }, reader: Reader): H {
  if (what.type === 'case.opened') return { ...what, opening: openingAsRead(what.opening, reader) };
  return isOwn(actor, reader) ? what : mapTexts(what, reader.mask);
}
