import type { Doubt, PersonalKind, PersonalSpan } from '../../rules/masking/index.ts';
import type { Span } from './view-models.ts';

/** Which of two texts beside each other is shown: what was written, or what the public reads. */
export type MaskedSide = 'original' | 'masked';

/** The text on one side, with every place marked that is masked, or waits for a look; `nameOf` says what stands there. */
export function markedSpans(text: string, spans: readonly PersonalSpan[], side: MaskedSide, nameOf: (kind: PersonalKind, doubtful: boolean) => string, doubts: readonly Doubt[] = []): Span[] {
  const cut: Span[] = [];
  let at = 0;
  const places = [...spans, ...doubts.map((doubt) => ({ ...doubt, replacement: null }))].toSorted((a, b) => a.start - b.start);
  for (const { start, end, kind, replacement } of places) {
    if (start > at) cut.push({ text: text.slice(at, start) });
    if (replacement === null) cut.push({ text: text.slice(start, end), mark: 'doubt', reason: nameOf(kind, true) });
    else cut.push({ text: side === 'original' ? text.slice(start, end) : replacement, mark: side, reason: nameOf(kind, false) });
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
