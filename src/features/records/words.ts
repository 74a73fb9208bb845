import { createMoments } from '../../platform/http/moments.ts';
import type { Badge, DeadlineReason, TermLine } from '../../platform/http/view-models.ts';
import type { Translate } from '../../platform/i18n.ts';
import type { Law } from '../../platform/law.ts';
import { dayNumber, dueAfter, explain, holidayName } from '../../rules/calendar/index.ts';
import type { CivilDate } from '../../rules/casefile/types.ts';
import { termOf } from '../../rules/limits/index.ts';
import type { RecordClass, RecordDomain, RecordFacts } from '../../rules/records/facts.ts';
import { standingOf, type RecordStanding, type RecordState } from '../../rules/records/file.ts';
import { repairableAfter } from '../../rules/records/public-state.ts';
import type { Publicity } from '../../rules/records/publicity.ts';
import { comingOf, type Coming } from '../../rules/records/rows.ts';

const classTones: Readonly<Record<RecordClass, Badge['tone']>> = { MINOR: 'plain', GENERAL: 'plain', SERIOUS: 'late' };
const standingTones: Readonly<Record<RecordStanding, Badge['tone']>> = {
  stored: 'plain', waiting: 'soon', withheld: 'late', published: 'accent', marked: 'soon', suspended: 'soon', shielded: 'soon', ended: 'plain', repaired: 'done', finalised: 'done', withdrawn: 'plain',
};

export const classBadge = (of: RecordClass, t: Translate): Badge => ({ label: t(`records:className.${of}`), tone: classTones[of] });
export const standingBadge = (of: RecordStanding, t: Translate): Badge => ({ label: t(`records:standing.${of}`), tone: standingTones[of] });
export const frozenBadge = (t: Translate): Badge => ({ label: t('records:frozen'), tone: 'late' });

/** The next thing that will happen to it by itself, in words. */
export function comingInWords(coming: Coming | null, t: Translate): string | null {
  if (coming === null) return null;
  if (!('on' in coming)) return t(`records:coming.${coming.what}`);
  return t(`records:coming.${coming.what}`, { date: createMoments(t).table(coming.on).text });
}

/** The same for a list, where what nothing happens to by itself says what it waits for. */
export function nextInWords({ state, frozen }: { readonly state: RecordState; readonly frozen: boolean }, today: CivilDate, t: Translate): string {
  if (frozen) return t('records:coming.frozen');
  const standing = standingOf(state);
  const keptBack = standing === 'stored' && state.publicity.shown;
  const at = keptBack ? (state.publicity.maxUntil === null ? 'cured' : 'over') : standing;
  return comingInWords(comingOf(state, today), t) ?? t(`records:coming.at.${at}`);
}

/** Why the record has its class. */
export function becauseInWords({ because }: Pick<Publicity, 'because'>, t: Translate): string {
  const { kind, ...params } = because.params ?? {};
  return t(`records:${because.key}`, { ...params, ...(typeof kind === 'string' ? { kind: t(`records:penaltyKind.${kind}`) } : {}) });
}

export const penaltiesInWords = ({ penaltyKinds }: Pick<RecordFacts, 'penaltyKinds'>, t: Translate): string =>
  penaltyKinds.map((kind) => t(`records:penaltyKind.${kind}`)).join(t('common:list'));

const codeOf: Readonly<Record<RecordClass, string>> = { MINOR: 'minor', GENERAL: 'general', SERIOUS: 'serious' };

interface Term {
  readonly publicity: Publicity;
  readonly domain: RecordDomain;
  readonly law: Law;
  readonly now: Date;
  readonly t: Translate;
}

/** Why a term of publicity ends on its day, counted again from the rule of the day that was applied. */
function reasonOf(end: 'min' | 'max', { publicity, domain, law, now, t }: Term): DeadlineReason | null {
  const moments = createMoments(t);
  const { rules, calendar } = law;
  const code = `publicity.${codeOf[publicity.class]}.${end}`;
  const row = rules.on(code, publicity.lawOf, domain);
  const term = termOf(row);
  if (term === null) return null;
  const { why } = dueAfter(calendar, calendar.beginOf(dayNumber(publicity.start)), term.n, term.unit, { shift: false });
  const [sentence] = explain(why, t);
  return {
    rule: t('records:term.rule', { name: t(`rules:rule.${code}.name`), value: t(`rules:value.${row.unit}`, { count: term.n }), date: moments.day(publicity.lawOf).text }),
    basis: row.legalBasis,
    start: moments.day(why.start),
    counted: why.unit === 'workday' ? 'workday' : 'day',
    ...(sentence === undefined ? {} : { sentence: `${t(`records:term.startsAt.${publicity.startsAt}`)}${sentence}` }),
    skipped: why.rest.map(({ from, name }) => ({ date: moments.short(from, now), reason: name === null ? t('calendar:why.weekend') : holidayName(name, t) })),
    calendar: t('calendar:why.calendar', { version: why.calendar.version, source: why.calendar.source }),
  };
}

/** The last day as it is, which is another one than the rule's where days were given back when a repair was revoked. */
function lastLine({ until, maxUntil }: { until: CivilDate | null; maxUntil: CivilDate }, today: CivilDate, term: Term): TermLine {
  if (until === null || until === maxUntil) return dayLine('max', maxUntil, today, term);
  const { why: _why, ...line } = dayLine('max', until, today, term);
  return { ...line, text: [line.text, term.t('records:term.givenBack')].join(term.t('common:list')), why: null };
}

function dayLine(end: 'min' | 'max', day: CivilDate, today: CivilDate, term: Term): TermLine {
  const left = dayNumber(day) - dayNumber(today);
  const { t } = term;
  return {
    term: t(`records:term.${end}`),
    day: createMoments(t).day(day),
    text: left < 0 ? t('records:term.past') : t('records:term.left', { count: left }),
    why: reasonOf(end, term),
  };
}

/** Shortest and longest publicity with their reasons; `until` is the last day of a record that is public, null for any other. */
export function termLines(publicity: Publicity & { readonly until?: CivilDate | null; readonly bannedUntil?: CivilDate | null; readonly withdrawn?: boolean }, domain: RecordDomain, { law, now, today, t }: { law: Law; now: Date; today: CivilDate; t: Translate }): TermLine[] {
  const term: Term = { publicity, domain, law, now, t };
  const { minUntil, maxUntil, until = null, bannedUntil = null, withdrawn = false } = publicity;
  const repairableFrom = repairableAfter(publicity.repairableFrom, bannedUntil);
  const said = (name: string, text: string): TermLine => ({ term: name, day: null, text, why: null });
  // What was withdrawn has no term that runs, and nothing to be repaired.
  if (withdrawn) return [said(t('records:term.basis'), publicity.legalBasis)];
  return [
    minUntil === null ? said(t('records:term.min'), t(repairableFrom === null ? 'records:term.noEarlyEnd' : 'records:term.noMin')) : dayLine('min', minUntil, today, term),
    repairableFrom === null
      ? said(t('records:term.repairableFrom'), t('records:term.never'))
      : { term: t('records:term.repairableFrom'), day: createMoments(t).day(repairableFrom), text: null, why: null },
    maxUntil === null ? said(t('records:term.max'), t('records:term.untilCured')) : lastLine({ until, maxUntil }, today, term),
    ...(publicity.keptUncorrected ? [said(t('records:term.atMax'), t('records:term.keptUncorrected'))] : []),
    said(t('records:term.basis'), publicity.legalBasis),
  ];
}
