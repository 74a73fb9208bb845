import type { Request } from 'express';
import type { Badge } from '../../platform/http/view-models.ts';
import type { Translate } from '../../platform/i18n.ts';
import type { RecordFacts } from '../../rules/records/facts.ts';
import type { Classified } from '../../rules/records/publicity.ts';
import { createFormat } from '../../platform/http/format.ts';
import type { Locale } from '../../rules/people.ts';
import type { ListedRecord } from './queries.ts';

const OFFSET_MS = 8 * 3_600_000;

/** Today in Asia/Shanghai, YYYY-MM-DD: publicity ends at the midnight of the city. */
export function todayOf(now: Date): string {
  return new Date(now.getTime() + OFFSET_MS).toISOString().slice(0, 10);
}

export const unitOf = (record: Pick<ListedRecord, 'unitName' | 'unitNameEn'>, locale: Locale): string => (locale === 'en' ? record.unitNameEn : record.unitName);

/** The mark that a record is disputed, beside whatever names it. */
export const disputedBadge = (t: Translate): Badge => ({ label: t('public:record.disputed'), tone: 'soon' });

/** What was decided, in a few words: the kinds of penalty, or what else it is. */
export function whatOf({ kind, penaltyKinds }: Pick<RecordFacts, 'kind' | 'penaltyKinds'>, t: Translate): string {
  if (kind !== 'penalty' || penaltyKinds.length === 0) return t(`public:kind.${kind}`);
  return penaltyKinds.map((one) => t(`public:penalty.${one}`)).join(t('ui:common.and'));
}

/** Why it is in its class. */
export function classReason({ because }: Pick<Classified, 'because'>, { t, locale }: Pick<Request, 't' | 'locale'>): string {
  const format = createFormat(locale);
  const { kind, amount, limit } = because.params ?? {};
  return t(`public:${because.key}`, {
    kind: kind === undefined ? '' : t(`public:penalty.${kind}`),
    amount: amount === undefined ? '' : format.money(amount),
    limit: limit === undefined ? '' : format.money(limit),
  });
}
