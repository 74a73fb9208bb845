import { recomputed } from '../../rules/casefile/deadline.ts';
import type { Deadline } from '../../rules/casefile/types.ts';
import type { Calendar } from '../../rules/calendar/index.ts';
import type { RuleBook } from '../../platform/rules.ts';

/** A deadline that somebody is working towards, as the reader finds it. */
export interface OpenDeadline {
  readonly caseNo: string;
  readonly title: string;
  readonly deadline: Deadline;
  readonly extension?: { granted: boolean | null } | null;
}

/** A deadline that a calendar moves, or makes certain. */
export interface MovedDeadline {
  readonly caseNo: string;
  readonly title: string;
  readonly was: { readonly date: string; readonly provisional: boolean };
  readonly becomes: { readonly date: string; readonly provisional: boolean };
}

/** What a calendar would do to the open deadlines: the same computation that runs when it is activated. */
export function movedDeadlines(open: readonly OpenDeadline[], now: Date, rules: RuleBook, calendar: Calendar): MovedDeadline[] {
  const moved: MovedDeadline[] = [];
  for (const { caseNo, title, deadline, extension = null } of open) {
    const next = recomputed({ deadline, extension }, now.toISOString(), rules, calendar);
    if (next === null) continue;
    moved.push({
      caseNo,
      title,
      was: { date: deadline.date, provisional: deadline.provisional },
      becomes: { date: next.date, provisional: next.provisional },
    });
  }
  return moved.toSorted((a, b) => a.was.date.localeCompare(b.was.date));
}
