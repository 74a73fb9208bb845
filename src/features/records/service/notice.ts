import { basisInWords } from '../../../platform/basis.ts';
import { createFormat } from '../../../platform/http/format.ts';
import { createMoments } from '../../../platform/http/moments.ts';
import type { DecisionDocument } from '../../../platform/http/view-models.ts';
import type { Translate } from '../../../platform/i18n.ts';
import type { Law } from '../../../platform/law.ts';
import { officeOf, unitName, type Unit } from '../../../platform/units.ts';
import type { CivilDate } from '../../../rules/casefile/types.ts';
import type { Limit } from '../../../rules/limits/index.ts';
import type { Locale } from '../../../rules/people.ts';
import type { RecordState } from '../../../rules/records/file.ts';
import { serviceOf } from '../../../rules/records/service.ts';
import { repairConditions } from '../../../rules/repair/facts.ts';
import { firstDayOf } from '../../../rules/repair/law.ts';
import { becauseInWords, penaltiesInWords } from '../words.ts';

export interface NoticeParts {
  readonly state: RecordState;
  /** The subject's name in full, as the notice is handed to him; masked for others. */
  readonly name: string;
  readonly law: Law;
  readonly today: CivilDate;
  readonly units: readonly Unit[];
  /** Address of the portal, as one types it. */
  readonly portal: string;
  readonly t: Translate;
  readonly locale: Locale;
}

/** Numbers that head the parts: 一、二、三… in Chinese, 1. 2. 3. in English. */
const heading = (t: Translate, n: number, key: string): string => t('documents:notice.heading', { number: t(`documents:notice.ordinal.${n + 1}`), text: t(`documents:notice.${key}.title`) });

const inWords = ({ value, unit }: Limit, t: Translate): string => (value === null || unit === 'none' ? t('rules:value.unlimited') : t(`rules:value.${unit}`, { count: value }));

/**
 * The day of the notice: that of its service, so that what was served can be printed again. Today, where the record was
 * corrected since, or was served on a day on which no such notice was asked for.
 */
function dayOfNotice({ state, today, law: { rules } }: NoticeParts): CivilDate {
  const served = serviceOf(state, 'repairNotice');
  const same = served !== undefined && served.version === state.version && rules.on('record.service', served.issuedOn).value !== null;
  return same ? served.issuedOn : today;
}

/** How long it is public at the least and at the most, and why. */
function terms({ state: { publicity }, t }: NoticeParts): string[] {
  const day = (date: string): string => createMoments(t).date(date).text;
  const { start, startsAt, minUntil, maxUntil, repairableFrom, keptUncorrected, legalBasis } = publicity;
  return [
    t(`documents:notice.terms.start.${startsAt}`, { date: day(start) }),
    minUntil !== null ? t('documents:notice.terms.min', { date: day(minUntil) }) : t(`documents:notice.terms.${repairableFrom === null ? 'noEarlyEnd' : 'noMin'}`),
    maxUntil === null ? t('documents:notice.terms.untilCured') : t('documents:notice.terms.max', { date: day(maxUntil) }),
    ...(keptUncorrected ? [t('documents:notice.terms.kept')] : []),
    t('documents:notice.terms.basis', { basis: basisInWords(legalBasis, t) }),
  ];
}

/** From which day repair may be asked for; where two laws may apply, both days, and that a person decides (situation 12). */
function firstDays(parts: NoticeParts, on: CivilDate, agency: string): string[] {
  const { state: { facts, publicity }, law, t } = parts;
  const { date } = createMoments(t);
  const { repairableFrom, lawOf, otherLaw } = firstDayOf(facts, publicity, law.rules, law.calendar, on);
  const from = (day: CivilDate | null): string => (day === null ? t('documents:notice.when.notAtAll') : t('documents:notice.when.since', { date: date(day).text }));
  if (otherLaw) {
    return [
      t('documents:notice.when.two', { lawOf: date(lawOf).text, first: from(repairableFrom), otherLawOf: date(otherLaw.lawOf).text, second: from(otherLaw.repairableFrom) }),
      t('documents:notice.when.person', { agency }),
    ];
  }
  return [repairableFrom === null ? t('documents:notice.when.never') : t('documents:notice.when.from', { date: date(repairableFrom).text })];
}

/**
 * 信用修复告知书, served together with the decision that made the record (两书同达, 国办发〔2025〕22号): what was decided,
 * how long it is public, when, where, how and on which conditions repair may be asked for, and what can be done against it.
 * @throws NoRuleValid when a rule has no row on the day of the notice.
 */
export function repairNotice(parts: NoticeParts): DecisionDocument {
  const { state: { facts, publicity }, name, law: { rules }, units, portal, t, locale } = parts;
  const on = dayOfNotice(parts);
  const { date } = createMoments(t);
  const of = units.find(({ id }) => id === facts.unit);
  const office = officeOf(units);
  const agency = of ? unitName(of, locale, 'full', on) : facts.unit;
  const creditOffice = office ? unitName(office, locale, 'full', on) : t('public:creditOffice');
  const limit = (code: string): string => inWords(rules.on(code, on), t);
  const format = createFormat(locale);
  const kinds = penaltiesInWords(facts, t);
  const amounts = [
    ...(facts.fine > 0 ? [t('documents:notice.fact.fine', { amount: format.money(facts.fine) })] : []),
    ...(facts.confiscated > 0 ? [t('documents:notice.fact.confiscated', { amount: format.money(facts.confiscated) })] : []),
  ];
  const part = (key: string, lines: readonly string[]): { key: string; lines: readonly string[] } => ({ key, lines });
  const contents = [
    part('fact', [
      t('documents:notice.fact.decision', { decision: facts.decision }),
      ...(amounts.length === 0 ? [] : [t('documents:notice.fact.amounts', { amounts: amounts.join(t('ui:common.listSeparator')) })]),
      t('documents:notice.fact.class', { class: t(`records:className.${publicity.class}`), because: becauseInWords(publicity, t) }),
    ]),
    part('terms', terms(parts)),
    part('when', firstDays(parts, on, agency)),
    part('conditions', [
      ...repairConditions.map((condition, n) => t('documents:notice.conditions.item', { number: n + 1, condition: t(`repairs:condition.${condition}`) })),
      t('documents:notice.conditions.false', { years: limit('repair.ban-after-false') }),
    ]),
    part('where', [t('documents:notice.where.online'), portal, t('documents:notice.where.window', { agency, creditOffice }), t('documents:notice.where.free')]),
    part('papers', ['proof', 'commitment', 'authorisation'].map((key) => t(`documents:notice.papers.${key}`))),
    part('days', [t('documents:notice.days.text', { accept: limit('repair.accept'), decide: limit('repair.decide') })]),
    part('objection', [t('documents:notice.objection.text', { agency, creditOffice })]),
    part('remedy', [t('documents:notice.remedy.text'), t('documents:notice.remedy.meanwhile')]),
    part('contact', [of?.mailbox ? t('documents:notice.contact.mail', { agency, mailbox: of.mailbox }) : t('documents:notice.contact.none', { agency })]),
  ];
  const opening = t('documents:notice.opening', {
    date: date(facts.decidedOn).text, documentNo: facts.documentNo, whom: t(`documents:whom.${facts.subject.kind}`),
    what: t(`documents:notice.what.${facts.kind}`, { kinds }), basis: facts.legalBasis,
  });
  return {
    agency,
    number: t('documents:notice.number', { documentNo: facts.documentNo }),
    title: t('documents:notice.title'),
    addressee: facts.subject.kind === 'organisation' ? t('documents:withCode', { name, code: facts.subject.uscc }) : name,
    paragraphs: [
      { text: [{ text: opening }] },
      ...contents.flatMap(({ key, lines }, n) => lines.map((text, at) => ({ ...(at === 0 ? { heading: heading(t, n, key) } : {}), text: [{ text }] }))),
    ],
    signature: t('documents:seal', { agency }),
    date: date(on),
  };
}
