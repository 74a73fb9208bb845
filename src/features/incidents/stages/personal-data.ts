import { markedSpans, paragraphsOf } from '../../../platform/http/masked-text.ts';
import type { Span, TextComparison } from '../../../platform/http/view-models.ts';
import { findPersonalData, maskText, type PersonalKind, type PersonalSpan } from '../../../rules/masking/index.ts';
import type { Words } from '../../tasks/index.ts';

/**
 * Kinds that no person may let through: identity and account numbers, personal mobiles, and minors
 * (个人信息保护法 articles 28 and 31). Others may stand where somebody has looked, e.g. the telephone of an office.
 */
const never: ReadonlySet<PersonalKind> = new Set(['residentId', 'bankCard', 'mobile', 'minor']);

export interface Left {
  /** Has to be masked. */
  forbidden: PersonalSpan[];
  /** May stand once somebody has confirmed it. */
  doubtful: PersonalSpan[];
}

/** What still looks like personal data in texts that are to be published, each find once. */
export function personalDataLeft(...texts: readonly string[]): Left {
  const found = new Map(texts.flatMap((text) => findPersonalData(text)).map((span) => [`${span.kind}:${span.original}`, span]));
  const all = [...found.values()];
  return { forbidden: all.filter(({ kind }) => never.has(kind)), doubtful: all.filter(({ kind }) => !never.has(kind)) };
}

const kindIn = (kind: PersonalKind, { t }: Words): string => t(`stages:personal.${kind}`);

/** A find as it is named to the person: what kind, and the text itself. */
export function findInWords({ kind, original }: PersonalSpan, words: Words): string {
  return words.t('stages:personal.find', { kind: kindIn(kind, words), text: original });
}

/** The text beside its masked form, with every masked place marked on both sides. */
export function maskingComparison(original: string, words: Words): { comparison: TextComparison; masked: string } {
  const { t } = words;
  const { masked, spans } = maskText(original);
  const nameOf = (kind: PersonalKind): string => kindIn(kind, words);
  const kinds = new Map<PersonalKind, number>();
  for (const { kind } of spans) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  const list = [...kinds].map(([kind, count]) => t('stages:personal.count', { kind: nameOf(kind), count })).join(t('common:list'));
  return {
    masked,
    comparison: {
      left: { label: t('stages:personal.before'), paragraphs: paragraphsOf(markedSpans(original, spans, 'original', nameOf)) },
      right: { label: t('stages:personal.after'), paragraphs: paragraphsOf(markedSpans(original, spans, 'masked', nameOf)) },
      summary: spans.length === 0 ? t('stages:personal.none') : t('stages:personal.summary', { count: spans.length, list }),
    },
  };
}

/** The text with what still looks like personal data marked, for whoever releases it. */
export function markDoubtful(text: string, words: Words): Span[] {
  return markedSpans(text, findPersonalData(text), 'original', (kind) => kindIn(kind, words));
}
