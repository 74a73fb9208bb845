import type { CivilDate } from '../casefile/types.ts';

/** 失信信息: what is known of a dishonest act, as the deciding unit reported it. `falsePapers`: 虚假材料、虚假承诺 in an application. */
export const recordKinds = ['penalty', 'seriousList', 'abnormalOperation', 'judgmentDefaulter', 'falsePapers', 'other'] as const;
export type RecordKind = (typeof recordKinds)[number];

/**
 * 失信被执行人: the court lists, corrects and deletes, and this city shows what it says. Nobody else changes such a
 * record, and applications about it go to the court: 最高人民法院关于公布失信被执行人名单信息的若干规定.
 */
export const isCourts = ({ kind }: Pick<RecordFacts, 'kind'>): boolean => kind === 'judgmentDefaulter';

/** Kinds of administrative penalty: 行政处罚法 article 9. */
export const penaltyKinds = [
  'warning',
  'criticism',
  'fine',
  'confiscateIncome',
  'confiscateProperty',
  'suspendPermit',
  'lowerGrade',
  'revokePermit',
  'limitBusiness',
  'stopProduction',
  'closeDown',
  'banFromJob',
  'detention',
  'otherKind',
] as const;
export type PenaltyKind = (typeof penaltyKinds)[number];

/** Fields of regulation whose departments may have publicity periods of their own. */
export const recordDomains = [
  'food',
  'drug',
  'specialEquipment',
  'workSafety',
  'fireSafety',
  'ecology',
  'quality',
  'marketSupervision',
  'wages',
  'tax',
  'transport',
  'construction',
  'otherDomain',
] as const;
export type RecordDomain = (typeof recordDomains)[number];

/** 轻微、一般、严重: 信用修复管理办法 (Order 36). */
export const recordClasses = ['MINOR', 'GENERAL', 'SERIOUS'] as const;
export type RecordClass = (typeof recordClasses)[number];

/** Whom a record is about. A person's name and number are sealed; `masked` may be shown. `minor`: under age on the day of the decision. */
export type RecordSubject =
  | { readonly kind: 'organisation'; readonly id: string; readonly uscc: string; readonly name: string }
  | { readonly kind: 'person'; readonly id: string; readonly masked: string; readonly minor?: true };

export interface RecordFacts {
  readonly kind: RecordKind;
  readonly subject: RecordSubject;
  /** The unit that decided: 谁认定、谁修复. */
  readonly unit: string;
  /** 决定书文号. */
  readonly documentNo: string;
  /** 认定之日: the day on which the document was issued. */
  readonly decidedOn: CivilDate;
  /** The day on which it was first published elsewhere, where a rule counts from that; null when it never was. */
  readonly publishedOn: CivilDate | null;
  /** Empty unless the record is a penalty. */
  readonly penaltyKinds: readonly PenaltyKind[];
  readonly summaryProcedure: boolean;
  /** Amounts in yuan, with at most two decimals. */
  readonly fine: number;
  readonly confiscated: number;
  readonly domain: RecordDomain;
  /** 处罚依据: document and article. Nothing is published without one. */
  readonly legalBasis: string;
  /** 违法事实 and 处罚内容, as written; masked before they are shown. */
  readonly act: string;
  readonly decision: string;
  /** The duties of the decision are performed, as far as is known: the fine is paid, the harm is cured. */
  readonly performed: boolean;
  /** 信息使用范围: shared within the government or on authority alone, never published by a rule. Absent of all others. */
  readonly insideOnly?: true;
}
