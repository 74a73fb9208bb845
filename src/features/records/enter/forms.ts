import { z } from 'zod';
import { addFault, choice, choices, day, decimal, fault, field, optional, text, tick, type Fault } from '../../../platform/http/fields.ts';
import { checkResidentId, checkUscc, type CodeCheck } from '../../../rules/codes/index.ts';
import { bornOf, isUnderAge } from '../../../rules/records/bars.ts';
import { isCourts, penaltyKinds, recordDomains, recordKinds, type RecordFacts } from '../../../rules/records/facts.ts';
import type { NamedSubject } from '../../../platform/records/subjects.ts';

/** Lengths in characters: those of the table of double publicity, where it has the field. */
export const lengths = { name: 200, documentNo: 128, legalBasis: 2048, act: 5000, decision: 4000, reason: 500 } as const;
const mostYuan = 100_000_000_000;
/** The rules of publicity reach back as far. */
const earliestDay = '2014-01-01';

export const differences = ['renamed', 'another'] as const;
export const subjectKinds = ['organisation', 'person'] as const;

/** A record as it was entered, by whichever way; the subject is yet to be found. */
export interface Entered {
  readonly subject: NamedSubject;
  readonly facts: Omit<RecordFacts, 'subject'>;
  /** Why, where it is a correction or the subject has another name. */
  readonly reason: string | null;
}

/** What depends on the day and the person. */
export interface EnterContext {
  /** YYYY-MM-DD by the calendar in force. */
  readonly today: string;
  /** Units the person may enter records for, his first one first. */
  readonly units: readonly string[];
  /** Of these, the courts: an entry of a court is taken from no other unit. */
  readonly courts: readonly string[];
}

const cleanOr = (check: CodeCheck): string | Fault =>
  check.verdict === 'bad' && check.reason ? fault(check.reason.key, check.reason.params) : check.code;

const wasMinor = (idNumber: string, on: string): boolean => {
  const born = bornOf(idNumber);
  return born !== null && isUnderAge(born, on);
};

const fields = ({ today, units }: EnterContext) =>
  z.object({
    unit: optional(choice(units)),
    kind: choice(recordKinds),
    subjectKind: choice(subjectKinds),
    subjectName: text({ max: lengths.name }),
    documentNo: text({ max: lengths.documentNo }),
    decidedOn: day({ notBefore: earliestDay, notAfter: today }),
    publishedOn: optional(day({ notBefore: earliestDay, notAfter: today })),
    domain: choice(recordDomains),
    penaltyKinds: choices(penaltyKinds),
    summaryProcedure: tick,
    fine: optional(decimal({ max: mostYuan })),
    confiscated: optional(decimal({ max: mostYuan })),
    legalBasis: text({ max: lengths.legalBasis }),
    act: text({ max: lengths.act, lines: true }),
    decision: text({ max: lengths.decision, lines: true }),
    performed: tick,
    difference: optional(choice(differences)),
    reason: optional(text({ max: lengths.reason, lines: true })),
  });

type Fields = z.infer<ReturnType<typeof fields>>;

const codes = (today: string) => ({ person: field((raw) => cleanOr(checkResidentId(raw, today))), organisation: field((raw) => cleanOr(checkUscc(raw))) });

/** The code, read as what the subject is said to be; null when it is wrong, with its fault added. */
function codeIn(body: Readonly<Record<string, unknown>>, known: ReturnType<typeof codes>, context: z.RefinementCtx): string | null {
  const code = known[body['subjectKind'] === 'person' ? 'person' : 'organisation'].safeParse(body['subjectCode'], { reportInput: true });
  if (code.success) return code.data;
  for (const issue of code.error.issues) context.addIssue({ ...issue, path: ['subjectCode'] });
  return null;
}

/** What no field can tell by itself. */
function checkTogether(typed: Fields, code: string, amounts: { fine: number; confiscated: number }, { units, courts }: EnterContext, context: z.RefinementCtx): void {
  const { unit, subjectKind, decidedOn, publishedOn, kind, penaltyKinds: kinds } = typed;
  if (isCourts({ kind }) && !courts.includes(unit ?? units[0] ?? '')) addFault(context, fault('records:enter.courtOnly'), ['kind']);
  if (subjectKind === 'person' && wasMinor(code, decidedOn)) addFault(context, fault('records:enter.minor'), ['subjectCode']);
  if (publishedOn !== null && publishedOn < decidedOn) addFault(context, fault('common:form.tooEarly', { value: publishedOn, limit: decidedOn }), ['publishedOn']);
  if (kind !== 'penalty') return;
  if (kinds.length === 0) addFault(context, fault('common:form.tooFew', { count: 1 }), ['penaltyKinds']);
  if (kinds.includes('fine') && amounts.fine === 0) addFault(context, fault('records:enter.amountMissing'), ['fine']);
  if (!kinds.includes('fine') && amounts.fine > 0) addFault(context, fault('records:enter.kindMissing.fine'), ['penaltyKinds']);
  const confiscates = kinds.includes('confiscateIncome') || kinds.includes('confiscateProperty');
  if (!confiscates && amounts.confiscated > 0) addFault(context, fault('records:enter.kindMissing.confiscated'), ['penaltyKinds']);
}

/** The one schema of a record: form, API and spreadsheet. */
export function recordSchema(of: EnterContext): z.ZodType<Entered, unknown> {
  // Made once: a spreadsheet reads a hundred thousand rows by it.
  const each = fields(of);
  const known = codes(of.today);
  return z.record(z.string(), z.unknown()).transform((body, context): Entered => {
    const read = each.safeParse(body, { reportInput: true });
    if (!read.success) for (const issue of read.error.issues) context.addIssue({ ...issue });
    const code = codeIn(body, known, context);
    if (!read.success || code === null) return z.NEVER;
    const { subjectKind, subjectName: name, difference, reason, unit, kind, penaltyKinds: kinds, summaryProcedure, fine, confiscated, ...rest } = read.data;
    const amounts = { fine: Number(fine ?? 0), confiscated: Number(confiscated ?? 0) };
    checkTogether(read.data, code, amounts, of, context);
    const penalty = kind === 'penalty';
    return {
      subject: subjectKind === 'person' ? { kind: subjectKind, name, idNumber: code } : { kind: subjectKind, name, uscc: code, difference },
      facts: {
        ...rest,
        kind,
        unit: unit ?? of.units[0] ?? '',
        penaltyKinds: penalty ? kinds : [],
        summaryProcedure: penalty && summaryProcedure,
        fine: penalty ? amounts.fine : 0,
        confiscated: penalty ? amounts.confiscated : 0,
      },
      reason,
    };
  });
}
