import type { Knex } from 'knex';
import type { Form } from '../../platform/http/forms.ts';
import type {
  Badge,
  Button,
  ConfirmBlock,
  DecisionDocument,
  Facts,
  Field,
  FileList,
  Notice,
  RadioField,
  TermLine,
  TextComparison,
} from '../../platform/http/view-models.ts';
import type { Law } from '../../platform/law.ts';
import type { Seal } from '../../platform/seal.ts';
import type { Sight } from '../../platform/visibility.ts';
import type { Reader } from '../../rules/casefile/as-read.ts';
import type { CaseKind, CaseState, TaskState } from '../../rules/casefile/types.ts';
import type { Words } from './words.ts';

/** What was written, as it is read again: on the task page, in the time line, and where a form was in vain. */
export interface ShownLine {
  readonly label: string;
  /** Line breaks are kept. */
  readonly text: string;
}

/** What a stage may look at to draw its form and to read it back. */
export interface StageContext {
  readonly words: Words;
  readonly state: CaseState;
  readonly task: TaskState;
  /** How the person reads what others wrote; null as it was written. */
  readonly reader: Reader | null;
  readonly law: Law;
  readonly knex: Knex;
  /** Opens the identities that texts are masked by. */
  readonly seal: Seal;
  readonly sight: Sight;
  /** Address of the installation, without a trailing slash. */
  readonly publicUrl: string;
}

/** What has to be read before the form is filled in. */
export type Block =
  | { kind: 'facts'; title: string; facts: Facts }
  | { kind: 'lines'; title: string; lines: readonly ShownLine[] }
  | { kind: 'terms'; title: string; terms: readonly TermLine[] }
  | { kind: 'files'; title: string; files: FileList }
  | { kind: 'document'; title: string; document: DecisionDocument }
  /** `marksInto`: the field of the form that takes what is selected in the original. */
  | { kind: 'comparison'; title: string; lead?: string; comparison: TextComparison; marksInto?: string }
  | { kind: 'notice'; notice: Notice };

/** Fields that stand together; with `outcome` they count only when this outcome is chosen. */
export interface FieldGroup {
  readonly legend?: string;
  readonly hint?: string;
  readonly outcome?: string;
  /** Short fields stand beside each other where there is room. */
  readonly compact?: boolean;
  readonly fields: readonly Field[];
}

/** The form of a task's outcome, with what is to be read before it. */
export interface StageView {
  /** What is to be done, in a sentence. */
  readonly lead: string;
  readonly before: readonly Block[];
  /** The choice of the outcome, where there are several. */
  readonly outcomes: RadioField | null;
  readonly groups: readonly FieldGroup[];
  /** What the page showed and reading has to know. */
  readonly hidden?: Readonly<Record<string, string>>;
  readonly confirm?: ConfirmBlock;
  readonly primary: Button;
  readonly others?: readonly Button[];
}

/** What a posted form says: an outcome with its form as the file keeps it, or the form to be shown again. */
export type StageRead<F extends object> =
  | { readonly outcome: string; readonly form: F; readonly say?: Readonly<Record<string, string>> }
  | { readonly again: Form };

/** A stage's form for one task, with everything looked up that it needs. */
export interface OpenedStage<F extends object> {
  /** `form` is what was typed before, or null for the first time. */
  draw(form: Form | null): StageView;
  read(body: unknown): StageRead<F> | Promise<StageRead<F>>;
}

/** A stage as the task page knows it, whatever kind of case it belongs to. */
export interface StagePage<F extends object = Record<string, unknown>> {
  open(context: StageContext): OpenedStage<F> | Promise<OpenedStage<F>>;
  shown(form: F, words: Words): ShownLine[];
}

/** Forgets the type of a stage's form, so that stages stand together in one table: each reads only what it wrote. */
export function stagePage<F extends object>(page: StagePage<F>): StagePage {
  return page as unknown as StagePage;
}

/** What the task page must know of a kind of case. */
export interface KindPages {
  readonly stages: Readonly<Record<string, StagePage>>;
  /** Address of the case's own page. */
  caseHref(caseNo: string): string;
  /** Address of a file of the case. */
  fileHref(caseNo: string, hash: string): string;
  /** The facts that the case was opened with. */
  facts(state: CaseState, words: Words): Facts;
  /** The word beside the heading, e.g. the level; null while there is none. */
  mark(state: CaseState, words: Words): Badge | null;
}

export type PagesByKind = Readonly<Record<CaseKind, KindPages>>;
