import type { PersonalKind, PersonalSpan } from '../../rules/masking/index.ts';
import type { Span } from './view-models.ts';

/** Which of two texts beside each other is shown: what was written, or what the public reads. */
export type MaskedSide = 'original' | 'masked';

/** The text on one side, with every place marked that is masked; `nameOf` says what stood there. */
export function markedSpans(text: string, spans: readonly PersonalSpan[], side: MaskedSide, nameOf: (kind: PersonalKind) => string): Span[] {
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

/** Cuts a text with marked spans into paragraphs. */
export function paragraphsOf(spans: readonly Span[]): Span[][] {
  const rows: Span[][] = [[]];
  for (const span of spans) {
    span.text.split('\n').forEach((text, n) => {
      if (n > 0) rows.push([]);
      if (text !== '') rows.at(-1)!.push({ ...span, text });
    });
  }
  return rows.filter((row) => row.length > 0);
}
