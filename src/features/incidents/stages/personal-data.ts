import { textsBeside } from '../../../platform/http/marking.ts';
import type { TextComparison } from '../../../platform/http/view-models.ts';
import { publicText, type Doubt } from '../../../rules/masking/index.ts';
import type { Words } from '../../tasks/index.ts';

/** A find as it is named to the person: what kind, and the text itself. */
export const findInWords = ({ kind, original }: Doubt, { t }: Words): string => t('stages:personal.find', { kind: t(`stages:personal.${kind}`), text: original });

/** The text beside its masked form, with every masked place marked on both sides; `names` are masked wherever they stand. */
export function maskingComparison(original: string, { t }: Words, names: readonly string[]): { comparison: TextComparison; masked: string; doubts: readonly Doubt[]; found: boolean } {
  const { masked, spans, doubts } = publicText(original, { names });
  return { masked, doubts, found: spans.length > 0, comparison: textsBeside([original], { names }, t) };
}
