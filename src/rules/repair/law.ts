import type { Calendar } from '../calendar/index.ts';
import type { CivilDate } from '../casefile/types.ts';
import { numberOf } from '../limits/index.ts';
import type { RecordFacts } from '../records/facts.ts';
import { publicityOf, type DomainRules, type Publicity } from '../records/publicity.ts';
import type { RepairOpening } from './facts.ts';

/** The first possible day of an application, and the rules it follows from. */
export type FirstDay = Pick<RepairOpening, 'repairableFrom' | 'lawOf' | 'otherLaw'>;

/** Values of the rule `repair.transition`. */
const transitions: Readonly<Record<number, 'decision' | 'application' | 'person'>> = { 1: 'decision', 2: 'application', 3: 'person' };

/**
 * From which day repair may be asked for. A record that was decided under other rules than those of `today` follows the
 * one or the other, as the rule `repair.transition` says; where a person decides, both are given (situation 12).
 */
export function firstDayOf(facts: RecordFacts, stored: Pick<Publicity, 'repairableFrom' | 'lawOf' | 'start' | 'startsAt'>, rules: DomainRules, calendar: Calendar, today: CivilDate): FirstDay {
  const ofDecision = { repairableFrom: stored.repairableFrom, lawOf: stored.lawOf };
  const ofToday = { repairableFrom: publicityOf(facts, rules, calendar, { lawOf: today, shownOn: stored.startsAt === 'publication' ? stored.start : null }).repairableFrom, lawOf: today };
  if (ofToday.repairableFrom === ofDecision.repairableFrom) return { ...ofDecision, otherLaw: null };
  const chosen = transitions[numberOf(rules.on('repair.transition', today))];
  if (chosen === 'application') return { ...ofToday, otherLaw: null };
  return { ...ofDecision, otherLaw: chosen === 'person' ? ofToday : null };
}

/** What the days say on `today`: that it may be asked for, from which day it may at the earliest, or that it never may. */
export function earliestDay({ repairableFrom, otherLaw }: FirstDay): CivilDate | null {
  const days = [repairableFrom, ...(otherLaw ? [otherLaw.repairableFrom] : [])].filter((day): day is CivilDate => day !== null);
  return days.length === 0 ? null : days.reduce((a, b) => (a < b ? a : b));
}
