import { dateOf, dayNumber } from '../../rules/calendar/index.ts';
import type { CivilDate } from '../../rules/casefile/types.ts';
import type { RecordState } from '../../rules/records/file.ts';

/** A record's publicity on the picture: from and to as thousandths of its width; `min` is where repair becomes possible. */
export interface Bar {
  readonly from: number;
  readonly min: number | null;
  readonly to: number;
  /** No last day: it runs on beyond the picture. */
  readonly open: boolean;
}

export interface Picture {
  readonly first: CivilDate;
  readonly last: CivilDate;
  readonly today: number;
  readonly bars: readonly Bar[];
}

const width = 1000;
/** Room before the first day and after the last, in days. */
const margin = 30;

/** Publicity of records beside each other on one axis of days, with today on it. */
export function pictureOf(states: readonly Pick<RecordState, 'publicity' | 'until' | 'status'>[], today: CivilDate): Picture {
  const now = dayNumber(today);
  const spans = states.map(({ publicity, until, status }) => ({
    from: dayNumber(publicity.start),
    min: publicity.minUntil === null ? null : dayNumber(publicity.minUntil),
    // A restored record ends on another day than its publicity said at first.
    to: (status === 'published' && until !== null) ? dayNumber(until) : publicity.maxUntil === null ? null : dayNumber(publicity.maxUntil),
  }));
  const first = Math.min(now, ...spans.map(({ from }) => from)) - margin;
  const last = Math.max(now, ...spans.map(({ from, to }) => to ?? from)) + margin;
  const at = (day: number): number => Math.round(((day - first) / (last - first)) * width);
  return {
    first: dateOf(first),
    last: dateOf(last),
    today: at(now),
    bars: spans.map(({ from, min, to }) => ({ from: at(from), min: min === null ? null : at(Math.min(min, to ?? min)), to: to === null ? width : at(to), open: to === null })),
  };
}
