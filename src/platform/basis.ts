import { publicBasis } from '../rules/limits/index.ts';
import type { Translate } from './i18n.ts';

/** The basis of a rule as everybody may read it: without the house's own notes; where nothing else stands there, that the city set it. */
export const basisInWords = (legalBasis: string, t: Translate): string => publicBasis(legalBasis) || t('rules:localBasis');
