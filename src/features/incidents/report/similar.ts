import type { Knex } from 'knex';
import type { Law } from '../../../platform/law.ts';
import type { Seal } from '../../../platform/seal.ts';
import { visibleCases, type Sight } from '../../../platform/visibility.ts';
import { addMonths, dateOf, dayNumber } from '../../../rules/calendar/index.ts';
import { termOf } from '../../../rules/limits/index.ts';
import type { Similar } from '../../../rules/incident/facts.ts';
import type { Report, ReportedSubject } from './forms.ts';

/** An open incident that may be the one that is being reported. */
export interface SimilarIncident extends Similar {
  /** The same subject, or else the same area in the same region. */
  readonly because: 'subject' | 'place';
  readonly step: string | null;
  readonly occurredOn: string;
  readonly openedAt: Date;
  readonly subjects: string[];
}

export interface SimilarIncidents {
  readonly found: SimilarIncident[];
  /** The window of the rule, in months; one in days is rounded up. */
  readonly months: number;
}

/** At most so many are shown; those of the same subject come first. */
const mostShown = 6;

interface Row {
  case_id: string;
  case_no: string;
  title: string;
  step: string | null;
  occurred_on: string;
  opened_at: Date;
  because: 'subject' | 'place';
  subjects: string[];
}

/** How far back the rule `incident.recurrence-window` looks from a day: its first instant, and its length in words. */
export function recurrenceWindow({ rules, calendar }: Law, now: Date): { from: Date; months: number } {
  const today = dateOf(calendar.dayAt(now.getTime()));
  const term = termOf(rules.on('incident.recurrence-window', today));
  const months = term === null ? 12 : term.unit === 'month' ? term.n : Math.ceil(term.n / 30);
  return { months, from: new Date(calendar.beginOf(addMonths(dayNumber(today), -months).day)) };
}

/** Who looks, when, and by which rules. */
interface Looking {
  readonly knex: Knex;
  readonly seal: Seal;
  readonly law: Law;
  readonly sight: Sight;
  readonly now: Date;
}

/**
 * Of many reports at once: the codes of their subjects that an open incident within the window is about, each with the
 * number of the latest one that the person may see.
 */
export async function findKnownSubjects({ knex, seal, law, sight, now }: Looking, subjects: readonly ReportedSubject[]): Promise<ReadonlyMap<string, string>> {
  const codes = [...new Set(subjects.filter(({ kind }) => kind === 'organisation').map(({ code }) => code))];
  const persons = await seal.findMany(knex, [...new Set(subjects.filter(({ kind }) => kind === 'person').map(({ code }) => code))]);
  const visible = visibleCases(sight, 'i.case_id');
  const { rows }: { rows: { uscc: string | null; sealed: string | null; case_no: string }[] } = await knex.raw(
    `select distinct on (s.uscc, s.sealed) s.uscc, s.sealed, i.case_no
     from case_subject s join incident i on i.case_id = s.case_id
     where (s.uscc = any(?::text[]) or s.sealed = any(?::uuid[])) and s.opened_at >= ? and i.status = 'open' and ${visible.sql}
     order by s.uscc, s.sealed, s.opened_at desc`,
    [codes, [...persons.values()], recurrenceWindow(law, now).from, ...visible.bindings],
  );
  const bySealed = new Map([...persons].map(([idNumber, id]) => [id, idNumber]));
  return new Map(rows.map(({ uscc, sealed, case_no: caseNo }) => [uscc ?? bySealed.get(sealed ?? '') ?? '', caseNo]));
}

/**
 * Open incidents within the window that have a subject in common with the report, or its area and region ("other" is
 * no area in common). Only those that the reporter may see: what others report is compared when it is verified.
 */
export async function findSimilar(
  { knex, seal, law, sight, now }: Looking,
  report: Pick<Report, 'subjects' | 'area' | 'region'>,
): Promise<SimilarIncidents> {
  const { from, months } = recurrenceWindow(law, now);
  const codes = report.subjects.filter(({ kind }) => kind === 'organisation').map(({ code }) => code);
  const persons = report.subjects.filter(({ kind }) => kind === 'person').map(({ code }) => code);
  const sealed = [...(await seal.findMany(knex, persons)).values()];
  const visible = visibleCases(sight, 'i.case_id');
  const columns = 'i.case_id, i.case_no, i.title, i.step, i.occurred_on, i.opened_at';
  const { rows }: { rows: Row[] } = await knex.raw(
    `select found.*, array(select s.name from case_subject s where s.case_id = found.case_id order by s.number limit 3) as subjects
     from (
       select distinct on (case_id) * from (
         (select ${columns}, 'subject' as because
          from case_subject s join incident i on i.case_id = s.case_id
          where (s.uscc = any(?::text[]) or s.sealed = any(?::uuid[])) and s.opened_at >= ? and i.status = 'open' and ${visible.sql}
          order by s.opened_at desc limit ?)
         union all
         (select ${columns}, 'place' as because
          from incident i
          where i.area = ? and i.area <> 'other' and i.region = ? and i.opened_at >= ? and i.status = 'open' and ${visible.sql}
          order by i.opened_at desc limit ?)
       ) both_ways
       order by case_id, because desc
     ) found
     order by found.because desc, found.opened_at desc
     limit ?`,
    [codes, sealed, from, ...visible.bindings, mostShown, report.area, report.region, from, ...visible.bindings, mostShown, mostShown],
  );
  return {
    months,
    found: rows.map((row) => ({
      caseId: row.case_id,
      caseNo: row.case_no,
      title: row.title,
      because: row.because,
      step: row.step,
      occurredOn: row.occurred_on,
      openedAt: row.opened_at,
      subjects: row.subjects,
    })),
  };
}
