import type { Span, TextComparison } from '../../platform/http/view-models.ts';
import type { Translate } from '../../platform/i18n.ts';
import { maskText, type PersonalKind, type PersonalSpan } from '../../rules/masking/index.ts';

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

function marked(text: string, spans: readonly PersonalSpan[], side: 'original' | 'masked', nameOf: (kind: PersonalKind) => string): Span[] {
  const cut: Span[] = [];
  let at = 0;
  for (const { start, end, kind, replacement } of spans) {
    if (start > at) cut.push({ text: text.slice(at, start) });
    cut.push({ text: side === 'original' ? text.slice(start, end) : replacement, mark: side, reason: nameOf(kind) });
    at = end;
  }
  if (at < text.length) cut.push({ text: text.slice(at) });
  return cut;
}

/** Texts as they were written beside what the public reads of them, with every masked place marked on both sides. */
export function maskedBeside(texts: readonly string[], t: Translate): TextComparison {
  const nameOf = (kind: PersonalKind): string => t(`stages:personal.${kind}`);
  const found = texts.map((text) => ({ text, spans: maskText(text).spans }));
  const side = (of: 'original' | 'masked'): Span[][] => found.flatMap(({ text, spans }) => paragraphs(marked(text, spans, of, nameOf)));
  const kinds = new Map<PersonalKind, number>();
  for (const { kind } of found.flatMap(({ spans }) => spans)) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  const count = [...kinds.values()].reduce((sum, n) => sum + n, 0);
  const list = [...kinds].map(([kind, n]) => t('stages:personal.count', { kind: nameOf(kind), count: n })).join(t('common:list'));
  return {
    left: { label: t('stages:personal.before'), paragraphs: side('original') },
    right: { label: t('stages:personal.after'), paragraphs: side('masked') },
    summary: count === 0 ? t('stages:personal.none') : t('stages:personal.summary', { count, list }),
  };
}
