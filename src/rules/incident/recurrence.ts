import { dayNumber, dueAfter, type Calendar } from '../calendar/index.ts';
import type { CivilDate } from '../casefile/types.ts';
import { termOf, type Limit } from '../limits/index.ts';
import type { Area } from './facts.ts';

/** What two incidents are compared by. */
export interface Occurrence {
  readonly area: Area;
  readonly region: string;
  /** The day on which it happened, not the one on which it was reported. */
  readonly occurredOn: CivilDate;
}

/**
 * How an incident is kin to an earlier one. `sameSubject` and `sameUnit` are a recurrence (复发) and raise the level; the
 * second one of the two where the same department answers for both. `related` raises nothing.
 */
export type Kinship = 'sameSubject' | 'sameUnit' | 'related';

/** Whether the later day lies in the term of the rule `incident.recurrence-window` from the earlier one, its last day included. */
export function withinWindow(earlier: CivilDate, later: CivilDate, window: Limit, calendar: Calendar): boolean {
  if (later < earlier) return false;
  const term = termOf(window);
  if (term === null) return true;
  return later <= dueAfter(calendar, calendar.beginOf(dayNumber(earlier)), term.n, term.unit, { shift: false }).date;
}

/**
 * 同类复发: the same type and the same firm, or the same type, area and department, within the window from the day on which
 * the earlier one happened. `other` is no type in common. Source: 宿政办发〔2018〕43号, task 1 (no recurrence of the same type).
 */
export function kinshipOf(now: Occurrence, earlier: Occurrence & { readonly sameSubject: boolean }, window: Limit, calendar: Calendar): Kinship {
  const sameType = now.area === earlier.area && now.area !== 'other';
  if (!sameType || !withinWindow(earlier.occurredOn, now.occurredOn, window, calendar)) return 'related';
  if (earlier.sameSubject) return 'sameSubject';
  return now.region === earlier.region ? 'sameUnit' : 'related';
}
