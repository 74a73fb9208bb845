export { maskEmail, maskName, maskResidentId } from './forms.ts';
export { doubtsAmong, findPersonalData, maskText, publicText, type Doubt, type KnownOfText, type Masked, type Passage, type PublicText } from './mask.ts';
export type { PersonalKind, PersonalSpan } from './shadow.ts';
export { mapTexts } from './texts.ts';
