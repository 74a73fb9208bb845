import { explain, holidayName, workdaysBetween, type Calendar, type RestDays } from '../../rules/calendar/index.ts';
import type { Deadline } from '../../rules/casefile/types.ts';
import type { Translate } from '../i18n.ts';
import { createMoments } from './moments.ts';
import type { DeadlineChip, DeadlineReason, TimeUnit } from './view-models.ts';

/** A deadline as a list knows it: the instant, whether it may still move, and when the task was done. */
export interface ListedDeadline {
  at: Date | null;
  provisional: boolean;
  /** The rule counts in clock hours. */
  hours?: boolean;
  doneAt?: Date | null;
}

export interface DeadlineChips {
  /** For lists: no reason to open. */
  listed(deadline: ListedDeadline): DeadlineChip;
  /** For the page of the thing: opens "why this day". */
  explained(deadline: Deadline | null, doneAt?: string | null): DeadlineChip;
}

const hourMs = 3_600_000;
const minuteMs = 60_000;

/** Deadlines in the reader's words: how long left or over, in working days where the rule counts these. */
export function createDeadlineChips({ t, calendar, now }: { t: Translate; calendar: Calendar; now: Date }): DeadlineChips {
  const moments = createMoments(t);

  /** Hours while it is a matter of today or counted in hours; else working days. */
  function amount(from: number, to: number, hours: boolean): { count: number; unit: TimeUnit } {
    const left = Math.abs(to - from);
    const workdays = Math.abs(workdaysBetween(calendar, from, to));
    if (hours || workdays === 0) {
      return left < 2 * hourMs ? { count: Math.floor(left / minuteMs), unit: 'minute' } : { count: Math.floor(left / hourMs), unit: 'hour' };
    }
    return { count: workdays, unit: 'workday' };
  }

  function listed({ at, provisional, hours = false, doneAt = null }: ListedDeadline): DeadlineChip {
    if (at === null) return { state: 'none' };
    const due = moments.shortTime(at, now);
    const certain = provisional ? { provisional } : {};
    if (doneAt) {
      if (doneAt <= at) return { state: 'met', due };
      return { state: 'metLate', due, amount: amount(at.getTime(), doneAt.getTime(), hours) };
    }
    const given = amount(now.getTime(), at.getTime(), hours);
    if (at < now) return { state: 'late', due, amount: given, ...certain };
    const soon = given.unit !== 'workday' || given.count <= 1;
    return { state: soon ? 'soon' : 'running', due, amount: given, ...certain };
  }

  function days(rest: RestDays): { date: ReturnType<typeof moments.short>; reason: string }[] {
    const reason = rest.name === null ? t('calendar:why.weekend') : holidayName(rest.name, t);
    if (rest.from === rest.to) return [{ date: moments.short(rest.from, now), reason }];
    return [{ date: { iso: rest.from, text: moments.span(rest.from, rest.to, now) }, reason }];
  }

  function reasonOf(deadline: Deadline): DeadlineReason {
    const { why, was } = deadline;
    const sentences = explain(why, t);
    return {
      rule: t(`rules:rule.${deadline.rule}.name`),
      basis: deadline.basis,
      start: why.unit === 'hour' ? moments.dayTime(new Date(`${why.start}T${why.startTime}:00+08:00`)) : moments.day(why.start),
      counted: why.unit === 'month' ? 'day' : why.unit,
      ...(sentences[0] === undefined ? {} : { sentence: sentences[0] }),
      skipped: why.rest.flatMap(days),
      makeUp: why.madeUp.map(({ date, name }) => ({ date: moments.short(date, now), reason: name === null ? t('calendar:why.weekend') : holidayName(name, t) })),
      calendar: t('calendar:why.calendar', { version: why.calendar.version, source: why.calendar.source }),
      ...(was
        ? { earlier: [{ due: moments.shortTime(new Date(was.at), now), changed: moments.shortTime(new Date(was.changedAt), now), reason: t(`calendar:why.moved.${was.because}`) }] }
        : {}),
    };
  }

  return {
    listed,
    explained(deadline, doneAt = null) {
      if (deadline === null) return { state: 'none' };
      const chip = listed({
        at: new Date(deadline.at),
        provisional: deadline.provisional,
        hours: deadline.why.unit === 'hour',
        doneAt: doneAt === null ? null : new Date(doneAt),
      });
      return { ...chip, why: reasonOf(deadline) };
    },
  };
}

