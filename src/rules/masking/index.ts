export { maskEmail, maskName, maskResidentId } from './forms.ts';
export { findPersonalData, maskText, type Masked } from './mask.ts';
export type { PersonalKind, PersonalSpan } from './shadow.ts';
export { mapTexts } from './texts.ts';
