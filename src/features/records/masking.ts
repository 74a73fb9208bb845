import { markedSpans, paragraphsOf, type MaskedSide } from '../../platform/http/masked-text.ts';
import type { Span, TextComparison } from '../../platform/http/view-models.ts';
import type { Translate } from '../../platform/i18n.ts';
import type { MaskedTexts } from '../../platform/records/masking.ts';
import { publicText, type KnownOfText, type PersonalKind } from '../../rules/masking/index.ts';

/**
 * What a record says as it was written beside what the public reads of it (`maskRecords`), with every masked place
 * marked on both sides, and what waits for a person's look on the left. Basis and number of the document stand there where
 * something in them is masked or waits.
 * @param known names of the subject, as `knownNames` has them, and what persons decided on passages.
 */
export function maskedBeside({ act, decision, legalBasis, documentNo }: MaskedTexts, known: KnownOfText, t: Translate): TextComparison {
  return beside([act, decision], [legalBasis, documentNo], known, t);
}

/** A reason as it was written beside what the public reads of it. */
export const reasonBeside = (reason: string, known: KnownOfText, t: Translate): TextComparison => beside([reason], [], known, t);

function beside(always: readonly string[], ifMasked: readonly string[], known: KnownOfText, t: Translate): TextComparison {
  const nameOf = (kind: PersonalKind, doubtful = false): string => (doubtful ? t('stages:personal.doubt', { kind: t(`stages:personal.${kind}`) }) : t(`stages:personal.${kind}`));
  const spansOf = (text: string) => ({ text, ...publicText(text, known) });
  const found = [...always.map(spansOf), ...ifMasked.map(spansOf).filter(({ spans, doubts }) => spans.length + doubts.length > 0)];
  const side = (of: MaskedSide): Span[][] => found.flatMap(({ text, spans, doubts }) => paragraphsOf(markedSpans(text, spans, of, nameOf, doubts)));
  const kinds = new Map<PersonalKind, number>();
  for (const { kind } of found.flatMap(({ spans }) => spans)) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  const count = [...kinds.values()].reduce((sum, n) => sum + n, 0);
  const waiting = found.reduce((sum, { doubts }) => sum + doubts.length, 0);
  const list = [...kinds].map(([kind, n]) => t('stages:personal.count', { kind: nameOf(kind), count: n })).join(t('common:list'));
  return {
    left: { label: t('stages:personal.before'), paragraphs: side('original') },
    right: { label: t('stages:personal.after'), paragraphs: side('masked') },
    summary: [
      ...(count === 0 && waiting > 0 ? [] : [count === 0 ? t('stages:personal.none') : t('stages:personal.summary', { count, list })]),
      ...(waiting === 0 ? [] : [t('stages:personal.doubts', { count: waiting })]),
    ].join(' '),
  };
}
