import { textsBeside } from '../../platform/http/marking.ts';
import type { TextComparison } from '../../platform/http/view-models.ts';
import type { Translate } from '../../platform/i18n.ts';
import type { MaskedTexts } from '../../platform/records/masking.ts';
import type { KnownOfText } from '../../rules/masking/index.ts';

/**
 * What a record says as it was written beside what the public reads of it (`maskRecords`). Basis and number of the document stand
 * there where something in them is masked or waits.
 * @param known names of the subject, as `knownNames` has them, and what persons decided on passages.
 */
export const maskedBeside = ({ act, decision, legalBasis, documentNo }: MaskedTexts, known: KnownOfText, t: Translate): TextComparison =>
  textsBeside([act, decision], known, t, [legalBasis, documentNo]);

/** A reason as it was written beside what the public reads of it. */
export const reasonBeside = (reason: string, known: KnownOfText, t: Translate): TextComparison => textsBeside([reason], known, t);
