export { checkCode } from './any.ts';
export { cleanCode, type CodeCheck, type CodeKind, type CodeReason } from './clean.ts';
export { checkOrgCode, orgCheckCharacter } from './org-code.ts';
export { checkResidentId, residentIdCheckCharacter } from './resident-id.ts';
export { checkUscc, usccCheckCharacter } from './uscc.ts';
