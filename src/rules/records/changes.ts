import type { CivilDate } from '../casefile/types.ts';
import { dateOf, dayNumber, type Calendar } from '../calendar/index.ts';
import { ownReason, type RecordHappening, type RecordState } from './file.ts';
import { publicityOf, type DomainRules } from './publicity.ts';
import { serviceOf, type Service } from './service.ts';

type Filled = 'record.restored' | 'record.published' | 'record.marked' | 'record.held';

/** What a process or a person proposes for a record; what is left open is filled in from the record when it is recorded. */
export type RecordDraft =
  | Exclude<RecordHappening, { type: Filled }>
  | Omit<Extract<RecordHappening, { type: 'record.marked' }>, 'beside'>
  | Omit<Extract<RecordHappening, { type: 'record.held' }>, 'beside'>
  | { type: 'record.restored'; because: string }
  | { type: 'record.published'; by: 'rule' | 'person'; reason: string | null };

/** One step on one record. */
export interface RecordChange {
  readonly record: string;
  readonly draft: RecordDraft;
}

/** The last day of what was left of the term on the day on which it was repaired, counted from `today`. */
function remaining(state: RecordState, repairedOn: CivilDate, today: CivilDate): CivilDate | null {
  if (state.until === null) return null;
  const left = Math.max(0, dayNumber(state.until) - dayNumber(repairedOn));
  return dateOf(dayNumber(today) + left);
}

/** A dispute or a stay that comes before the publication lies over the record when it is published. */
const awaitsOrIsPublic = ({ status }: RecordState): boolean => status === 'stored' || status === 'published';

/** A repair that may be revoked brings the record back to the holds that lay over it. */
const mayBeShown = (state: RecordState): boolean => awaitsOrIsPublic(state) || state.status === 'repaired';

/** Somebody was quicker: the document is served already, or the entry was corrected. */
function servedMeanwhile({ services = [] }: RecordState, { service, corrects }: { service: Service | null; corrects: number | null }): boolean {
  if (corrects !== null && !services.some(({ seq }) => seq === corrects)) return true;
  const others = services.filter(({ seq }) => seq !== corrects);
  return (service?.documents ?? []).some((document) => serviceOf({ services: others }, document) !== undefined);
}

type Draft<T extends RecordDraft['type']> = Extract<RecordDraft, { type: T }>;

/**
 * Why a change has nothing to act on any more: the record went on meanwhile, which is no fault. A mark or hold is known by
 * the name that set it: set once by it, and taken away by none but it.
 */
const idle: { readonly [T in RecordDraft['type']]: (state: RecordState, draft: Draft<T>) => boolean } = {
  'record.stored': () => true,
  'record.corrected': () => false,
  'record.published': (state) => state.status !== 'stored' || state.waits === true || state.minor === true,
  'record.looked': (state) => state.status === 'withdrawn',
  'record.withheld': (state) => state.minor === true,
  'record.marked': (state, { mark, because }) => !awaitsOrIsPublic(state) || state.marks[mark]?.includes(because) === true,
  'record.unmarked': (state, { mark, because }) => state.marks[mark]?.includes(because) !== true,
  'record.held': (state, { hold, because }) => !awaitsOrIsPublic(state) || state.holds[hold]?.includes(because) === true,
  'record.unheld': (state, { hold, because }) => !mayBeShown(state) || state.holds[hold]?.includes(because) !== true,
  // While it is held back nothing follows from it.
  'record.used': (state) => state.status !== 'published' || Object.keys(state.holds).length > 0,
  'record.released': (state, { unit }) => state.uses[unit] === undefined,
  'record.served': servedMeanwhile,
  'record.ended': (state) => state.status !== 'published',
  'record.unpublished': (state) => state.status !== 'published',
  'record.kept': (state) => state.status !== 'published' || state.keptBy !== null,
  'record.performed': (state) => state.facts.performed,
  'record.repaired': (state) => state.status !== 'published',
  'record.restored': (state) => state.status !== 'repaired',
  'record.finalised': (state, { because }) => state.status !== 'published' || state.holds.shield?.includes(because) !== true,
  'record.withdrawn': (state) => state.status === 'withdrawn',
  'record.reasonMended': (state, { of, reason }) => (of === ownReason ? state.status !== 'withdrawn' || state.reason === reason : state.mended?.[of] === reason),
};

const isIdle = <T extends RecordDraft['type']>(state: RecordState, draft: Draft<T> & { type: T }): boolean => idle[draft.type](state, draft);
/** The law and the days that a draft is filled in by. */
export interface Resolving {
  readonly rules: DomainRules;
  readonly calendar: Calendar;
  readonly today: CivilDate;
  /** The day on which it was repaired, for a restoration. */
  readonly repairedOn: CivilDate;
}

/** Published for the first time: where the rule counts from the publication, the term begins now. */
function publication({ facts, publicity: before }: RecordState, { rules, calendar, today }: Resolving): Pick<Extract<RecordHappening, { type: 'record.published' }>, 'until' | 'publicity'> {
  const publicity = publicityOf(facts, rules, calendar, { lawOf: before.lawOf, shownOn: today });
  return publicity.start === before.start ? { until: before.maxUntil } : { until: publicity.maxUntil, publicity };
}

/**
 * What is to be recorded for a draft on the record as it stands; null when there is nothing to do any more, as with the
 * repair of a record whose longest publicity ended meanwhile.
 */
export function resolveChange(state: RecordState, draft: RecordDraft, by: Resolving): RecordHappening | null {
  if (isIdle(state, draft)) return null;
  switch (draft.type) {
    case 'record.published':
      return { ...draft, ...publication(state, by) };
    case 'record.marked':
      return { ...draft, ...(state.marks[draft.mark] ? { beside: true } : {}) };
    case 'record.held':
      return { ...draft, ...(state.holds[draft.hold] ? { beside: true } : {}) };
    case 'record.restored':
      return { ...draft, until: remaining(state, by.repairedOn, by.today) };
    default:
      return draft;
  }
}
