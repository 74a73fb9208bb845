import type { CivilDate } from '../casefile/types.ts';
import { doubtsAmong, type Doubt, type KnownOfText } from '../masking/index.ts';
import type { RecordFacts } from './facts.ts';

/** What of a record was written by hand and is read by everybody, in the order in which it is shown. */
export const publicTexts = ['act', 'decision', 'legalBasis', 'documentNo'] as const;
export type PublicTextName = (typeof publicTexts)[number];

/** Passages of which no rule can tell whether they are a person's, each once. */
export const doubtsOf = (facts: Pick<RecordFacts, PublicTextName>, known: KnownOfText = {}): Doubt[] => doubtsAmong(publicTexts.map((name) => facts[name]), known);

const OF_AGE = 18;

/** The day on which somebody who was born on `born` is of age; who is born on 29 February is so on 1 March. */
function ofAgeOn(born: CivilDate): CivilDate {
  const [year = 0, month = 1, day = 1] = born.split('-').map(Number);
  const leap = new Date(Date.UTC(year + OF_AGE, month - 1, day));
  return leap.toISOString().slice(0, 10);
}

/** 民法典 article 17: under eighteen on that day. */
export const isUnderAge = (born: CivilDate, on: CivilDate): boolean => on < ofAgeOn(born);

/** The birth in a resident ID number of 18 or 15 figures; null where there is none. */
export function bornOf(idNumber: string): CivilDate | null {
  const clean = idNumber.normalize('NFKC').replaceAll(/[^0-9Xx]/g, '');
  const digits = clean.length === 15 ? `19${clean.slice(6, 12)}` : clean.length === 18 ? clean.slice(6, 14) : '';
  const born = `${digits.slice(0, 4)}-${digits.slice(4, 6)}-${digits.slice(6, 8)}`;
  return digits !== '' && Number.isFinite(Date.parse(born)) ? born : null;
}

/** Whom a decision is about, and what the same sentence says of his birth: not that of 2010年5月出生的王某, to whom he sold. */
const SUBJECT = /(?:当事人|被处罚人|违法行为人|被处理人|被执行人|经营者)[^。；\n]{0,60}?(?:(?<birth>(?<![向对给与为])(?:19|20)\d\d[年.\-/]\d{1,2}(?:[月.\-/]\d{1,2})?日?(?:出?生)(?!的))|(?:出生日期|出生年月|生于|出生于)[:：为是]?\s?(?<after>(?:19|20)\d\d[年.\-/]\d{1,2}(?:[月.\-/]\d{1,2})?)|身份(?:证|号码)[^\d。\n]{0,8}(?<id>\d{17}[\dXx]|\d{15}))/g;

/** What a text says of the births of those it is about: by their ID numbers, or in words. */
export function bornIn(text: string): CivilDate[] {
  return [...text.normalize('NFKC').matchAll(SUBJECT)].flatMap(({ groups = {} }) => {
    const { birth, after, id } = groups;
    if (id !== undefined) return bornOf(id) ?? [];
    const [year = '', month = '', day = '28'] = (birth ?? after ?? '').match(/\d+/g) ?? [];
    const born = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
    return Number.isFinite(Date.parse(born)) ? [born] : [];
  });
}

/** Why everybody may not read a record, or not yet. */
export interface Bars {
  /** Its subject was under age on the day of the decision: never (未成年人保护法 article 103, 治安管理处罚法 on sealed records). */
  readonly minor?: true;
  /** Its texts have passages that a person has to look at first. */
  readonly waits?: true;
}

/** What keeps a record back, by what is said in it and what persons decided on its passages before. */
export function barsOf(facts: Pick<RecordFacts, PublicTextName | 'subject' | 'decidedOn'>, known: KnownOfText = {}): Bars {
  const minor = (facts.subject.kind === 'person' && facts.subject.minor === true) || bornIn(facts.act).some((born) => isUnderAge(born, facts.decidedOn));
  const waits = doubtsOf(facts, known).length > 0;
  return { ...(minor ? { minor } : {}), ...(waits ? { waits } : {}) };
}
