import type { When } from './basics.ts';

export type TimeUnit = 'workday' | 'day' | 'hour' | 'minute';

export interface DeadlineChip {
  /** `none`: no limit applies, said so rather than left blank. */
  state: 'none' | 'running' | 'soon' | 'late' | 'met' | 'metLate' | 'paused';
  /** Left for `running` and `soon`, over for `late` and `metLate`; a count of 0 left means "today". */
  amount?: { count: number; unit: TimeUnit };
  /** `text` without "前": "10月12日（周一）17:30". */
  due?: When;
  /** The year's calendar is not published yet: the date may still move. */
  provisional?: boolean;
  /** Makes the chip open "why this day". Leave it out in long lists. */
  why?: DeadlineReason;
}

export interface DeadlineReason {
  /** "核实时限：2 个工作日". */
  rule: string;
  basis: string;
  /** Where the count starts: a day, which is not counted itself, or the minute for clock hours. */
  start: When;
  /** In what the rule counts; a `date` was set by a person, and nothing is counted. Rest days are skipped for working days alone. */
  counted: 'workday' | 'day' | 'hour' | 'date';
  /** The computed reason in one sentence. */
  sentence?: string;
  skipped: { date: When; reason: string }[];
  /** Weekend days that were counted as they are made up for a holiday. */
  makeUp?: { date: When; reason: string }[];
  /** "2026 年放假安排，日历第 3 版". */
  calendar: string;
  /** Former values, newest first, when the deadline was extended or computed anew. */
  earlier?: { due: When; changed: When; reason: string; by?: string }[];
}

/** A line about a term (`partials/terms`): its day, or in words why there is none, with the way to "why this day". */
export interface TermLine {
  readonly term: string;
  readonly day: When | null;
  readonly text: string | null;
  readonly why: DeadlineReason | null;
}
