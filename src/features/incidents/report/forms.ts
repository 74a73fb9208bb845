import { z } from 'zod';
import { addFault, choice, day, fault, field, mailAddress, optional, text, webAddress, type Fault } from '../../../platform/http/fields.ts';
import { checkResidentId, checkUscc, type CodeCheck } from '../../../rules/codes/index.ts';
import { areas, fields, type Area, type Field } from '../../../rules/incident/facts.ts';

export const mostSubjects = 20;
export const subjectKinds = ['organisation', 'person'] as const;
export type SubjectKind = (typeof subjectKinds)[number];

/** A subject as it is reported. `code` is checked and clean: a unified code, or an ID number that is yet to be sealed. */
export interface ReportedSubject {
  kind: SubjectKind;
  name: string;
  code: string;
}

/** An incident as it is reported, by whichever way. */
export interface Report {
  field: Field;
  area: Area;
  title: string;
  what: string;
  region: string;
  place: string;
  occurredOn: string;
  subjects: ReportedSubject[];
  sourceUrl: string | null;
  /** Who told the unit; without an address he is told by other ways. */
  reporter: { name: string | null; mail: string | null } | null;
  /** The unit it is reported for; null where the person has only one. */
  unit: string | null;
}

/** Lengths in characters. */
export const lengths = { title: 100, what: 5000, place: 200, name: 100 } as const;

/** What depends on the day and the city. */
export interface ReportContext {
  /** YYYY-MM-DD in Asia/Shanghai. */
  today: string;
  /** Ids of the regions that may be chosen. */
  regions: readonly string[];
  /** Units the person may report for. */
  units: readonly string[];
}

const earliestDay = '1990-01-01';

function cleanOr(check: CodeCheck): string | Fault {
  return check.verdict === 'bad' && check.reason ? fault(check.reason.key, check.reason.params) : check.code;
}

const isBlank = (value: unknown): boolean => value === undefined || value === null || (typeof value === 'string' && value.trim() === '');

function isBlankRow(row: unknown): boolean {
  return typeof row === 'object' && row !== null && !Array.isArray(row) && 'kind' in row && 'name' in row
    ? isBlank(row.name) && isBlank('code' in row ? row.code : '')
    : isBlank(row);
}

/**
 * Rows of subjects. A row left empty is none; an error names the row where it stood. The code is read as what the row
 * says it is; one person named twice in a report is named once.
 */
function subjects(today: string): z.ZodType<ReportedSubject[], unknown> {
  const kind = choice(subjectKinds);
  const name = text({ max: lengths.name });
  const codes: Record<SubjectKind, z.ZodType<string, unknown>> = {
    organisation: field((typed) => cleanOr(checkUscc(typed))),
    person: field((typed) => cleanOr(checkResidentId(typed, today))),
  };
  const asList = (value: unknown): unknown[] => (isBlank(value) ? [] : typeof value === 'object' && value !== null ? Object.values(value) : [value]);
  return z.preprocess(asList, z.array(z.unknown()).transform((list, context): ReportedSubject[] => {
    const found: ReportedSubject[] = [];
    if (list.length > mostSubjects) addFault(context, fault('common:form.tooMany', { count: mostSubjects }));
    list.slice(0, mostSubjects).forEach((row, n) => {
      if (isBlankRow(row)) return;
      const known = z.object({ kind }).safeParse(row);
      const whole = z.object({ kind, name, code: codes[known.success ? known.data.kind : 'organisation'] }).safeParse(row, { reportInput: true });
      if (!whole.success) {
        // Two faults of a row whose kind is unknown would guess at what its code should be.
        const issues = known.success ? whole.error.issues : whole.error.issues.filter(({ path }) => path[0] !== 'code');
        for (const issue of issues) context.addIssue({ ...issue, path: [n, ...issue.path] });
      } else if (!found.some((other) => other.kind === whole.data.kind && other.code === whole.data.code)) {
        found.push(whole.data);
      }
    });
    return found;
  }));
}

const reporterFields = z.object({ name: optional(text({ max: lengths.name })), mail: optional(mailAddress) });

const reporter: z.ZodType<Report['reporter'], unknown> = z.preprocess(
  (value) => (isBlank(value) ? {} : value),
  reporterFields.transform(({ name, mail }) => (name === null && mail === null ? null : { name, mail })),
);

/** The one schema of a report: form, API and spreadsheet. */
export function reportSchema({ today, regions, units }: ReportContext): z.ZodType<Report, unknown> {
  return z.object({
    field: choice(fields),
    area: choice(areas),
    title: text({ max: lengths.title }),
    what: text({ max: lengths.what, lines: true }),
    region: choice(regions),
    place: text({ max: lengths.place }),
    occurredOn: day({ notBefore: earliestDay, notAfter: today }),
    subjects: subjects(today),
    sourceUrl: optional(webAddress),
    reporter,
    unit: optional(choice(units)),
  });
}
