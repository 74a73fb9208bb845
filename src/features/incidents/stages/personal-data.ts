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

/** Cuts a text with marked spans into paragraphs. */
function paragraphs(spans: readonly Span[]): Span[][] {
  const rows: Span[][] = [[]];
  for (const span of spans) {
    span.text.split('\n').forEach((text, n) => {
      if (n > 0) rows.push([]);
      if (text !== '') rows.at(-1)!.push({ ...span, text });
    });
  }
  return rows.filter((row) => row.length > 0);
}

function marked(text: string, spans: readonly PersonalSpan[], side: 'original' | 'masked', words: Words): Span[] {
  const cut: Span[] = [];
  let at = 0;
  for (const { start, end, kind, replacement } of spans) {
    if (start > at) cut.push({ text: text.slice(at, start) });
    cut.push({ text: side === 'original' ? text.slice(start, end) : replacement, mark: side, reason: kindIn(kind, words) });
    at = end;
  }
  if (at < text.length) cut.push({ text: text.slice(at) });
  return cut;
}

/** The text beside its masked form, with every masked place marked on both sides. */
export function maskingComparison(original: string, words: Words): { comparison: TextComparison; masked: string } {
  const { t } = words;
  const { masked, spans } = maskText(original);
  const kinds = new Map<PersonalKind, number>();
  for (const { kind } of spans) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  const list = [...kinds].map(([kind, count]) => t('stages:personal.count', { kind: kindIn(kind, words), count })).join(t('common:list'));
  return {
    masked,
    comparison: {
      left: { label: t('stages:personal.before'), paragraphs: paragraphs(marked(original, spans, 'original', words)) },
      right: { label: t('stages:personal.after'), paragraphs: paragraphs(marked(original, spans, 'masked', words)) },
      summary: spans.length === 0 ? t('stages:personal.none') : t('stages:personal.summary', { count: spans.length, list }),
    },
  };
}

/** The text with what still looks like personal data marked, for whoever releases it. */
export function markDoubtful(text: string, words: Words): Span[] {
  return marked(text, findPersonalData(text), 'original', words);
}
