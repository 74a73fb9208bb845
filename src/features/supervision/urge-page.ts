import { actingAs } from '../../platform/casefile/acting.ts';
import { filled, labelledSummary, valueOf, type Form } from '../../platform/http/forms.ts';
import type { ConfirmBlock, DataTable, ErrorSummary, Field, FormShell, Heading, MailPreview, Notice, Page } from '../../platform/http/view-models.ts';
import type { Compose, Reader as MailReader } from '../../platform/mail/compose.ts';
import { unitName } from '../../platform/units.ts';
import type { Person } from '../../rules/people.ts';
import { createWords, type Words } from '../tasks/index.ts';
import { boardAddress, boardPath, filterFields, presentBoard, type Reader } from './presenter.ts';
import type { BoardFilter, BoardTask, LetterFacts } from './queries.ts';

export interface UrgeView {
  page: Page;
  heading: Heading;
  notices: readonly Notice[];
  tasks: DataTable;
  form: FormShell;
  /** The board as it was filtered. */
  back: string;
  slugs: string[];
  field: Field;
  errors: ErrorSummary;
  preview: { lead: string; mail: MailPreview } | null;
  confirm: ConfirmBlock;
}

/** Whom a push on the task reaches by mail: as the letters find their readers. */
function reaches(task: BoardTask, words: Words): string {
  if (task.assigneeName !== null) return task.assigneeName;
  return task.role === 'handler' ? words.t('supervision:urge.mailbox', { unit: words.unit(task.unit) }) : words.audience(task);
}

/** The mail about a task as it goes out, with the text as it stands in the form. */
function previewOf(task: BoardTask, facts: LetterFacts, { text, person, compose, words }: { text: string; person: Person; compose: Compose; words: Words }): MailPreview {
  const locale = facts.assignee?.locale ?? 'zh-CN';
  const unitIn: (id: string, form?: 'full' | 'short') => string = (id, form = 'full') => {
    const unit = words.units.find((one) => one.id === id);
    return unit ? unitName(unit, locale, form) : id;
  };
  const { name, unit } = actingAs(person);
  const reader: MailReader = facts.assignee ? { kind: 'person', ...facts.assignee } : { kind: 'unit', name: unitIn(task.unit), locale };
  const params = { kind: task.kind, caseNo: task.caseNo, title: task.title, taskId: task.slug, stage: task.stage, unit: task.unit, deadline: facts.deadline, by: { name, unit }, text };
  // Nothing is sent: key, event and addressee are for the record of mails alone.
  const rendered = compose({ template: 'urged', params, key: '', caseId: task.caseId, eventSeq: 0, to: { unit: task.unit } }, reader, unitIn);
  return { to: [reaches(task, words)], subject: rendered.subject, text: rendered.text };
}

/** What is to be urged, the text for it, and what then happens. `facts` are those of the first task. */
export function presentUrge(
  tasks: readonly BoardTask[],
  reader: Reader,
  { notices, form, filter, commandId, person, compose, facts }: { notices: readonly Notice[]; form: Form; filter: BoardFilter; commandId: string; person: Person; compose: Compose; facts: LetterFacts | null },
): UrgeView {
  const { t } = reader;
  const words = createWords(reader);
  const board = presentBoard({ cells: [], oldest: new Map() }, tasks, { lateness: 'late', unit: null, stage: null }, reader, { first: true, next: null, urgeable: false, withdrawals: [], faults: 0 });
  const [first] = tasks;
  const field: Field = { kind: 'textarea', label: t('supervision:urge.text'), hint: t('supervision:urge.hint'), required: true, limit: 500, ...filled(form, 'text') };
  return {
    page: { title: t('supervision:urge.title'), crumbs: [{ label: t('supervision:title'), href: boardAddress(filter) }, { label: t('supervision:urge.title') }] },
    heading: { title: t('supervision:urge.title'), lead: t('supervision:urge.lead', { count: tasks.length }) },
    notices,
    tasks: { ...board.tasks, caption: t('supervision:urge.tasks') },
    form: { action: `${boardPath}/urge`, commandId, hidden: filterFields(filter) },
    back: boardAddress(filter),
    slugs: tasks.map((task) => task.slug),
    field,
    errors: labelledSummary(form, [field], t),
    preview: first && facts
      ? { lead: t('supervision:urge.previewLead', { count: tasks.length }), mail: previewOf(first, facts, { text: valueOf(form, 'text'), person, compose, words }) }
      : null,
    confirm: {
      title: t('supervision:urge.confirm'),
      consequences: [t('supervision:urge.consequence')],
      mailTo: [...new Set(tasks.map((task) => reaches(task, words)))],
      undo: { possible: false, text: t('supervision:urge.noUndo') },
    },
  };
}
