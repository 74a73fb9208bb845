import type { CivilDate } from '../casefile/types.ts';
import { dateOf, dayNumber } from '../calendar/index.ts';
import type { RecordHappening, RecordState } from './file.ts';
import { serviceOf, type Service } from './service.ts';

/** What a process or a person proposes for a record; what is left open is filled in from the record when it is recorded. */
export type RecordDraft =
  | Exclude<RecordHappening, { type: 'record.restored' | 'record.published' }>
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

/** Somebody was quicker: the document is served already, or the entry was corrected. */
function servedMeanwhile({ services = [] }: RecordState, { service, corrects }: { service: Service | null; corrects: number | null }): boolean {
  if (corrects !== null && !services.some(({ seq }) => seq === corrects)) return true;
  const others = services.filter(({ seq }) => seq !== corrects);
  return (service?.documents ?? []).some((document) => serviceOf({ services: others }, document) !== undefined);
}

/** Why a change has nothing to act on any more: the record went on meanwhile, which is no fault. */
const idle: Readonly<Record<RecordDraft['type'], (state: RecordState, draft: never) => boolean>> = {
  'record.stored': () => true,
  'record.corrected': () => false,
  'record.published': (state) => state.status !== 'stored',
  'record.marked': (state) => !awaitsOrIsPublic(state),
  'record.unmarked': (state, { mark, because }: { mark: keyof RecordState['marks']; because: string }) => state.marks[mark] !== because,
  'record.held': (state) => !awaitsOrIsPublic(state),
  'record.unheld': (state, { hold }: { hold: keyof RecordState['holds'] }) => state.holds[hold] === undefined,
  'record.used': (state) => state.status !== 'published',
  'record.released': (state, { unit }: { unit: string }) => state.uses[unit] === undefined,
  'record.served': servedMeanwhile,
  'record.ended': (state) => state.status !== 'published',
  'record.kept': (state) => state.status !== 'published' || state.keptBy !== null,
  'record.performed': (state) => state.facts.performed,
  'record.repaired': (state) => state.status !== 'published',
  'record.restored': (state) => state.status !== 'repaired',
  'record.withdrawn': (state) => state.status === 'withdrawn',
};

/**
 * What is to be recorded for a draft on the record as it stands; null when there is nothing to do any more, as with the
 * repair of a record whose longest publicity ended meanwhile. `repairedOn` is the day on which it was repaired, for a
 * restoration.
 */
export function resolveChange(state: RecordState, draft: RecordDraft, today: CivilDate, repairedOn: CivilDate): RecordHappening | null {
  if (idle[draft.type](state, draft as never)) return null;
  switch (draft.type) {
    case 'record.published':
      return { ...draft, until: state.publicity.maxUntil };
    case 'record.restored':
      return { ...draft, until: remaining(state, repairedOn, today) };
    default:
      return draft;
  }
}
