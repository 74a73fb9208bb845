import { markedSpans, paragraphsOf } from '../../../platform/http/masked-text.ts';
import type { Span, TextComparison } from '../../../platform/http/view-models.ts';
import { publicText, type Doubt, type PersonalKind } from '../../../rules/masking/index.ts';
import type { Words } from '../../tasks/index.ts';

/**
 * Kinds that no person may let through: identity and account numbers, personal mobiles, and minors
 * (个人信息保护法 articles 28 and 31). Others may stand where somebody has looked, e.g. the telephone of an office.
 */
const never: ReadonlySet<PersonalKind> = new Set(['residentId', 'bankCard', 'mobile', 'minor', 'plate', 'messenger', 'travelPaper']);

export interface Left {
  /** Has to be masked. */
  forbidden: Doubt[];
  /** May stand once somebody has confirmed it. */
  doubtful: Doubt[];
}

/** What still looks like personal data in texts that are to be published, each find once. */
export function personalDataLeft(...texts: readonly string[]): Left {
  const each = (found: readonly Doubt[]): Doubt[] => [...new Map(found.map((one) => [`${one.kind}:${one.original}`, one])).values()];
  const read = texts.map((text) => publicText(text));
  const sure = each(read.flatMap(({ spans }) => spans));
  return {
    forbidden: sure.filter(({ kind }) => never.has(kind)),
    doubtful: each([...sure.filter(({ kind }) => !never.has(kind)), ...read.flatMap(({ doubts }) => doubts)]),
  };
}

const kindIn = (kind: PersonalKind, { t }: Words): string => t(`stages:personal.${kind}`);

/** A find as it is named to the person: what kind, and the text itself. */
export function findInWords({ kind, original }: Doubt, words: Words): string {
  return words.t('stages:personal.find', { kind: kindIn(kind, words), text: original });
}

/** The text beside its masked form, with every masked place marked on both sides; `names` are masked wherever they stand. */
export function maskingComparison(original: string, words: Words, names: readonly string[] = []): { comparison: TextComparison; masked: string; doubts: readonly Doubt[]; found: boolean } {
  const { t } = words;
  const { masked, spans, doubts } = publicText(original, { names });
  const nameOf = (kind: PersonalKind, doubtful = false): string => (doubtful ? t('stages:personal.doubt', { kind: kindIn(kind, words) }) : kindIn(kind, words));
  const kinds = new Map<PersonalKind, number>();
  for (const { kind } of spans) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  const list = [...kinds].map(([kind, count]) => t('stages:personal.count', { kind: nameOf(kind), count })).join(t('common:list'));
  return {
    masked,
    doubts,
    found: spans.length > 0,
    comparison: {
      left: { label: t('stages:personal.before'), paragraphs: paragraphsOf(markedSpans(original, spans, 'original', nameOf, doubts)) },
      right: { label: t('stages:personal.after'), paragraphs: paragraphsOf(markedSpans(original, spans, 'masked', nameOf, doubts)) },
      summary: [
        spans.length === 0 ? (doubts.length === 0 ? t('stages:personal.none') : '') : t('stages:personal.summary', { count: spans.length, list }),
        doubts.length === 0 ? '' : t('stages:personal.doubts', { count: doubts.length }),
      ].filter((sentence) => sentence !== '').join(' '),
    },
  };
}

/** The text with what still looks like personal data marked, for whoever releases it. */
export function markDoubtful(text: string, words: Words): Span[] {
  const { spans, doubts } = publicText(text);
  return markedSpans(text, spans, 'original', (kind) => kindIn(kind, words), doubts);
}
