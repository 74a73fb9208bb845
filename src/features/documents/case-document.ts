import type { DecisionDocument } from '../../platform/http/view-models.ts';
import type { CaseState, CivilDate, Deadline, Instant } from '../../rules/casefile/types.ts';
import type { RecordRef } from '../../rules/repair/facts.ts';
import type { RecordSubject } from '../../rules/records/facts.ts';
import type { Words } from '../tasks/index.ts';

/** A document that a case has brought forth; its name stands in its address. */
export interface CaseDocument {
  readonly name: string;
  readonly document: DecisionDocument;
  /** Goes to the applicant; else to everybody. */
  readonly to: 'applicant' | 'public';
}

/**
 * What tells the documents of one case apart: the number on paper is that of the case with this sign, in whatever
 * language the document is read.
 */
const signs = {
  acceptance: '受', refusal: '不受', supplement: '补', extension: '延', decision: '决', hearing: '拟撤', revocation: '撤', result: '异', correction: '更',
} as const;
export type DocumentName = keyof typeof signs;

/** A part of a document; the heading stands above its first line. */
export interface Part {
  readonly heading?: string;
  readonly lines: readonly string[];
}

export interface Written {
  readonly name: DocumentName;
  readonly title: string;
  /** Id of the unit that signs. */
  readonly unit: string;
  readonly at: Instant;
  readonly subject: RecordSubject;
  readonly to?: 'public';
  readonly parts: readonly Part[];
}

export const nameOfSubject = (subject: RecordSubject): string => (subject.kind === 'organisation' ? subject.name : subject.masked);

/** What a person wrote, line by line. */
export const linesOfText = (text: string): string[] => text.split(/\n+/u).filter((line) => line.trim() !== '');

/** A document of a case, in the form that all of them have. */
export function caseDocument(state: CaseState, { t, moments, unit }: Words, { name, title, unit: signing, at, subject, to, parts }: Written): CaseDocument {
  const agency = unit(signing);
  const addressee = subject.kind === 'organisation' ? t('documents:withCode', { name: subject.name, code: subject.uscc }) : subject.masked;
  return {
    name,
    to: to ?? 'applicant',
    document: {
      agency,
      number: `${state.caseNo}-${signs[name]}`,
      title,
      ...(to === 'public' ? {} : { addressee }),
      paragraphs: parts.flatMap(({ heading, lines }) =>
        lines.map((text, n) => ({ ...(n === 0 && heading !== undefined ? { heading } : {}), text: [{ text }] }))),
      signature: t('documents:seal', { agency }),
      date: moments.date(new Date(at)),
    },
  };
}

/** The sentence that every document to an applicant begins with. */
export function openingLine(key: string, state: CaseState, record: RecordRef, subject: RecordSubject, { t, moments }: Words, params: Readonly<Record<string, string>> = {}): string {
  return t(key, {
    whom: t(`documents:whom.${subject.kind}`), date: moments.date(new Date(state.openedAt)).text,
    documentNo: record.documentNo, decidedOn: moments.date(record.decidedOn).text, ...params,
  });
}

/** 救济途径, and where to complain. */
export function remedyPart({ t, units, unit }: Words): Part {
  const office = units.find(({ kind, active }) => kind === 'creditOffice' && active);
  return {
    heading: t('documents:heading.remedy'),
    lines: [t('documents:remedy'), t('documents:complaint', { creditOffice: office ? unit(office.id) : t('public:creditOffice') })],
  };
}

/**
 * The day that a deadline had when it was set, as the document of that time said it; undefined where the file does not
 * tell any more, as it changed more than once.
 */
export function firstDay(deadline: Deadline | null | undefined): CivilDate | undefined {
  return deadline?.version === 2 ? deadline.was?.date : deadline?.version === 1 ? deadline.date : undefined;
}

/** The notice of the last extension that was granted within these stages; null when none was. */
export function extensionNotice(state: CaseState, stages: readonly string[], { t, moments }: Words): Pick<Written, 'name' | 'unit' | 'at' | 'parts'> | null {
  const task = Object.values(state.tasks).findLast(({ stage, extension }) => stages.includes(stage) && extension?.granted === true);
  if (!task?.extension) return null;
  const { days, reason, decision, at } = task.extension;
  // Where the clock stood still afterwards, the day it ended on then is not the one that was told.
  const date = task.deadline?.was?.because === 'extended' ? task.deadline.date : undefined;
  return {
    name: 'extension',
    unit: task.audience.unit,
    at: state.tasks[decision]?.doneAt ?? at,
    parts: [
      { lines: [date === undefined ? t('documents:extended', { count: days }) : t('documents:extendedTo', { count: days, date: moments.date(date).text })] },
      { heading: t('documents:heading.reasons'), lines: linesOfText(reason) },
    ],
  };
}
