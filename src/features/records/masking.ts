import { markedSpans, paragraphsOf, type MaskedSide } from '../../platform/http/masked-text.ts';
import type { Span, TextComparison } from '../../platform/http/view-models.ts';
import type { Translate } from '../../platform/i18n.ts';
import type { MaskedTexts } from '../../platform/records/masking.ts';
import { maskText, type PersonalKind } from '../../rules/masking/index.ts';

/**
 * What a record says as it was written beside what the public reads of it (`maskRecords`), with every masked place
 * marked on both sides. Basis and number of the document stand there where something in them is masked.
 * @param names of the subject, as `knownNames` has them.
 */
export function maskedBeside({ act, decision, legalBasis, documentNo }: MaskedTexts, names: readonly string[], t: Translate): TextComparison {
  return beside([act, decision], [legalBasis, documentNo], names, t);
}

/** A reason as it was written beside what the public reads of it. */
export const reasonBeside = (reason: string, names: readonly string[], t: Translate): TextComparison => beside([reason], [], names, t);

function beside(always: readonly string[], ifMasked: readonly string[], names: readonly string[], t: Translate): TextComparison {
  const nameOf = (kind: PersonalKind): string => t(`stages:personal.${kind}`);
  const spansOf = (text: string) => ({ text, spans: maskText(text, names).spans });
  const found = [...always.map(spansOf), ...ifMasked.map(spansOf).filter(({ spans }) => spans.length > 0)];
  const side = (of: MaskedSide): Span[][] => found.flatMap(({ text, spans }) => paragraphsOf(markedSpans(text, spans, of, nameOf)));
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
