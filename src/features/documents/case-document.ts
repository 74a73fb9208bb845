import type { DecisionDocument } from '../../platform/http/view-models.ts';
import { officeOf } from '../../platform/units.ts';
import { publicBasis } from '../../rules/limits/index.ts';
import type { CaseState, CivilDate, Deadline, Instant, IssuedPaper, PaperName, TaskState } from '../../rules/casefile/types.ts';
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
 * What tells the documents of one case apart where their unit gives them no number of their own: the number on paper is
 * then that of the case with this sign, in whatever language the document is read.
 */
const signs = {
  acceptance: '受', refusal: '不受', supplement: '补', extension: '延', decision: '决', hearing: '拟撤', revocation: '撤', result: '异', correction: '更',
} as const;
export type DocumentName = keyof typeof signs;

/** The document as it was issued with a task, with its number; undefined in files of before. */
export const issuedWith = (task: TaskState, name: PaperName): IssuedPaper | undefined => task.papers?.findLast((paper) => paper.name === name);

/** A part of a document; the heading stands above its first line. */
export interface Part {
  readonly heading?: string;
  readonly lines: readonly string[];
}

export interface Written {
  readonly name: DocumentName;
  readonly title: string;
  /** The task with which it was issued: it has its number, and its deadline the law that it rests on. */
  readonly task: TaskState;
  /** Id of the unit that signs. */
  readonly unit: string;
  readonly at: Instant;
  readonly subject: RecordSubject;
  readonly to?: 'public';
  readonly parts: readonly Part[];
  /** Something can be done against it. */
  readonly remedy?: true;
}

export const nameOfSubject = (subject: RecordSubject): string => (subject.kind === 'organisation' ? subject.name : subject.masked);

/** What a person wrote, line by line. */
export const linesOfText = (text: string): string[] => text.split(/\n+/u).filter((line) => line.trim() !== '');

/** A document of a case, in the form that all of them have. */
export function caseDocument(state: CaseState, { t, moments, unit, units }: Words, { name, title, task, unit: signing, at, subject, to, parts, remedy }: Written): CaseDocument {
  const agency = unit(signing, 'full', at);
  const paper = issuedWith(task, name);
  const basis = task.deadline ? publicBasis(task.deadline.basis) : '';
  const all = [...parts, ...(basis === '' ? [] : [{ heading: t('documents:heading.basis'), lines: [basis] }]), ...(remedy ? [remedyPart({ t, units, unit }, at, paper)] : [])];
  const addressee = subject.kind === 'organisation' ? t('documents:withCode', { name: subject.name, code: subject.uscc }) : subject.masked;
  return {
    name,
    to: to ?? 'applicant',
    document: {
      agency,
      number: paper?.number ?? `${state.caseNo}-${signs[name]}`,
      title,
      ...(to === 'public' ? {} : { addressee }),
      paragraphs: all.flatMap(({ heading, lines }) =>
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

/** 救济途径, to whom by name where the unit has given it, and where to complain. */
function remedyPart({ t, units, unit }: Pick<Words, 't' | 'units' | 'unit'>, at: Instant, { review = null, court = null }: Partial<IssuedPaper> = {}): Part {
  const office = officeOf(units);
  return {
    heading: t('documents:heading.remedy'),
    lines: [t('documents:remedy', { review: review === null ? t('documents:reviewAny') : t('documents:reviewBy', { body: review }), court: court === null ? t('documents:courtAny') : t('documents:courtOf', { court }) }), t('documents:complaint', { creditOffice: office ? unit(office.id, 'full', at) : t('public:creditOffice') })],
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
export function extensionNotice(state: CaseState, stages: readonly string[], { t, moments }: Words): Pick<Written, 'name' | 'task' | 'unit' | 'at' | 'parts'> | null {
  const task = Object.values(state.tasks).findLast(({ stage, extension }) => stages.includes(stage) && extension?.granted === true);
  if (!task?.extension) return null;
  const { days, reason, decision, at } = task.extension;
  // Where the clock stood still afterwards, the day it ended on then is not the one that was told.
  const date = task.deadline?.was?.because === 'extended' ? task.deadline.date : undefined;
  return {
    name: 'extension',
    task,
    unit: task.audience.unit,
    at: state.tasks[decision]?.doneAt ?? at,
    parts: [
      { lines: [date === undefined ? t('documents:extended', { count: days }) : t('documents:extendedTo', { count: days, date: moments.date(date).text })] },
      { heading: t('documents:heading.reasons'), lines: linesOfText(reason) },
    ],
  };
}
