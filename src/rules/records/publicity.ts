import { dateOf, dayNumber, dueAfter, type Calendar } from '../calendar/index.ts';
import { numberOf, termOf, type Limit } from '../limits/index.ts';
import type { CivilDate, Said } from '../casefile/types.ts';
import { isCourts, type PenaltyKind, type RecordClass, type RecordDomain, type RecordFacts } from './facts.ts';

/** The rule rows by code, day and domain, the domain's own before the general one. Throws `NoRuleValid`. */
export interface DomainRules {
  on(code: string, date: CivilDate, domain?: string | null): Limit;
}

/** Kinds of penalty that make a record serious whatever the amount: 信用修复管理办法 (Order 36). */
const seriousKinds: ReadonlySet<PenaltyKind> = new Set<PenaltyKind>(['suspendPermit', 'lowerGrade', 'revokePermit', 'limitBusiness', 'stopProduction', 'closeDown', 'banFromJob']);

/** Kinds that alone leave a record minor. */
const mildKinds: ReadonlySet<PenaltyKind> = new Set<PenaltyKind>(['warning', 'criticism']);

/** Kinds that a department's rule may hold to the end: SAMR Order 45, article 14. */
const heldKinds: ReadonlySet<PenaltyKind> = new Set<PenaltyKind>(['stopProduction', 'limitBusiness', 'banFromJob', 'lowerGrade', 'revokePermit']);

export interface Classified {
  readonly class: RecordClass;
  /** Why, in the `records` texts. */
  readonly because: Said;
}

type Classifying = Pick<RecordFacts, 'kind' | 'penaltyKinds' | 'summaryProcedure' | 'fine' | 'confiscated' | 'domain'>;

/** Sums of yuan and fen, without the dust of binary fractions: 99,999.99 and 0.01 reach 100,000. */
const yuan = (...amounts: readonly number[]): number => amounts.reduce((fen, amount) => fen + Math.round(amount * 100), 0) / 100;

/**
 * 轻微、一般、严重. Several kinds in one decision: the heaviest counts. Thresholds are rows of the day `on`, the
 * domain's own before the general one, in yuan: `record.fine.minor` (up to it a fine is minor) and
 * `record.fine.serious` (from it on, with what was confiscated, it is serious; without a value no amount is).
 * What is not known is never minor: a penalty without kinds, a fine without its amount.
 */
export function classify(facts: Classifying, rules: DomainRules, on: CivilDate): Classified {
  if (facts.kind === 'seriousList' || isCourts(facts)) return { class: 'SERIOUS', because: { key: `class.${facts.kind}` } };
  if (facts.kind !== 'penalty') return { class: 'GENERAL', because: { key: `class.${facts.kind}` } };
  const { penaltyKinds: kinds, fine, confiscated, domain } = facts;
  const heavy = kinds.find((kind) => seriousKinds.has(kind));
  if (heavy) return { class: 'SERIOUS', because: { key: 'class.kind', params: { kind: heavy } } };
  const amount = yuan(fine, confiscated);
  const serious = rules.on('record.fine.serious', on, domain).value;
  if (serious !== null && amount >= serious) return { class: 'SERIOUS', because: { key: 'class.large', params: { amount, limit: serious } } };
  if (facts.summaryProcedure) return { class: 'MINOR', because: { key: 'class.summary' } };
  const mild = kinds.filter((kind) => mildKinds.has(kind));
  if (mild.length > 0 && mild.length === kinds.length && amount === 0) return { class: 'MINOR', because: { key: 'class.mild' } };
  const minor = numberOf(rules.on('record.fine.minor', on, domain));
  const onlyFined = kinds.every((kind) => kind === 'fine' || mildKinds.has(kind)) && confiscated === 0;
  if (onlyFined && amount > 0 && amount <= minor) return { class: 'MINOR', because: { key: 'class.small', params: { amount, limit: minor } } };
  return { class: 'GENERAL', because: { key: 'class.general' } };
}

/** How long a record is public, and from which day its subject may ask for repair. */
export interface Publicity extends Classified {
  /** Published by the rule itself. What the rule keeps back is published on a department's reason alone. */
  readonly shown: boolean;
  /** The day of the rules that were applied. */
  readonly lawOf: CivilDate;
  readonly start: CivilDate;
  readonly startsAt: 'decision' | 'publication';
  /** Last day of the shortest publicity; null when there is none (minor) or no early end at all. */
  readonly minUntil: CivilDate | null;
  /** First day on which repair may be asked for; null when publicity is never ended early. */
  readonly repairableFrom: CivilDate | null;
  /** Last day on which it is shown: it goes at the midnight that ends this day. Null: until cured. */
  readonly maxUntil: CivilDate | null;
  /** At the end of the longest publicity, with duties not performed, it is kept: by a rule of the domain's department alone. */
  readonly keptUncorrected: boolean;
  /** Of the longest publicity. */
  readonly legalBasis: string;
}

const codeOf: Readonly<Record<RecordClass, string>> = { MINOR: 'minor', GENERAL: 'general', SERIOUS: 'serious' };

function isOn(rules: DomainRules, code: string, on: CivilDate, domain: RecordDomain): boolean {
  return numberOf(rules.on(code, on, domain)) !== 0;
}

/**
 * Whether repair may be asked for before the longest publicity is over. A minor record and one that lasts until cured
 * go as soon as the duty is done. A rule that says no holds of the serious penalties those of `heldKinds` alone: one
 * that is serious for its amount is not among them. What a court listed it deletes itself.
 */
function endsEarly(facts: Published, of: RecordClass, rules: DomainRules, on: CivilDate): boolean {
  if (isCourts(facts)) return false;
  if (of === 'MINOR' || facts.kind === 'abnormalOperation' || isOn(rules, `publicity.${codeOf[of]}.early-end`, on, facts.domain)) return true;
  return of === 'SERIOUS' && facts.kind === 'penalty' && !facts.penaltyKinds.some((kind) => heldKinds.has(kind));
}

/** A term of publicity ends with its last day and does not move from a day of rest. */
function lastDay(calendar: Calendar, start: CivilDate, row: Limit): CivilDate | null {
  const term = termOf(row);
  return term && dueAfter(calendar, calendar.beginOf(dayNumber(start)), term.n, term.unit, { shift: false }).date;
}

const nextDay = (day: CivilDate): CivilDate => dateOf(dayNumber(day) + 1);

type Published = Classifying & Pick<RecordFacts, 'decidedOn' | 'publishedOn' | 'insideOnly'>;

/** Which rules apply, and from when it is shown here. */
export interface Applied {
  /** The day of the rules; that of the decision when absent. */
  readonly lawOf?: CivilDate;
  /** The day on which it is first published here; null or absent while it is not. */
  readonly shownOn?: CivilDate | null;
}

/**
 * The day of the first publication, from which a rule may count: that elsewhere, or else that here. A unit that
 * publishes late does not lengthen the term by it: the last day on which it had to is then counted from
 * (`publicity.publish-within`; SAMR Order 45: 20 working days). Null before it is published.
 */
function firstPublication({ decidedOn, publishedOn, domain }: Published, rules: DomainRules, calendar: Calendar, lawOf: CivilDate, shownOn: CivilDate | null): CivilDate | null {
  if (publishedOn !== null || shownOn === null) return publishedOn;
  const within = termOf(rules.on('publicity.publish-within', lawOf, domain));
  const latest = within && dueAfter(calendar, calendar.beginOf(dayNumber(decidedOn)), within.n, within.unit).date;
  return latest !== null && latest < shownOn ? latest : shownOn;
}

/**
 * Shortest and longest publicity under the rules of a day: Order 36 from 2026-04-01, Order 58 before, and a
 * department's own where the domain has rows, as market supervision has (SAMR Order 45), which counts from the first
 * publication; until there is one, from the decision.
 * @throws NoRuleValid when a row is missing that day: nothing is published without a basis.
 */
export function publicityOf(facts: Published, rules: DomainRules, calendar: Calendar, { lawOf = facts.decidedOn, shownOn = null }: Applied = {}): Publicity {
  const { domain } = facts;
  const classified = classify(facts, rules, lawOf);
  const code = codeOf[classified.class];
  const publication = isOn(rules, 'publicity.from-publication', lawOf, domain) ? firstPublication(facts, rules, calendar, lawOf, shownOn) : null;
  const start = publication ?? facts.decidedOn;
  const startsAt = publication === null ? ('decision' as const) : ('publication' as const);
  // A court's own periods (two years, some longer, some until performed) come to their end by its deletion.
  const courts = isCourts(facts);
  const abnormal = facts.kind === 'abnormalOperation';
  const untilCured = abnormal || courts;
  // An entry with no last day rests on the rule that it is shown by, not on the longest term of a penalty.
  const longest = rules.on(courts ? 'publicity.court.shown' : abnormal ? 'publicity.abnormal.shown' : `publicity.${code}.max`, lawOf, domain);
  const early = endsEarly(facts, classified.class, rules, lawOf);
  const minUntil = classified.class === 'MINOR' || untilCured || !early ? null : lastDay(calendar, start, rules.on(`publicity.${code}.min`, lawOf, domain));
  // 令第45号 article 2: what was decided by summary procedure, or is a warning alone, is not published by any rule.
  const onlyWarned = facts.penaltyKinds.every((kind) => kind === 'warning');
  const keep = rules.on('publicity.keep-uncorrected', lawOf, domain);
  return {
    ...classified,
    shown: facts.insideOnly !== true && (untilCured ? numberOf(longest) !== 0 : classified.class !== 'MINOR' || (!facts.summaryProcedure && !onlyWarned && isOn(rules, 'publicity.minor.shown', lawOf, domain))),
    lawOf,
    start,
    startsAt,
    minUntil,
    repairableFrom: minUntil ? nextDay(minUntil) : early ? start : null,
    maxUntil: untilCured ? null : lastDay(calendar, start, longest),
    keptUncorrected: keep.domain !== null && numberOf(keep) !== 0,
    legalBasis: longest.legalBasis,
  };
}
