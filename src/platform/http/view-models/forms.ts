import type { Link } from './basics.ts';
import type { IconName } from './frame.ts';

interface FieldBase {
  name: string;
  /** Default: `name`. */
  id?: string;
  label: string;
  hint?: string;
  /** What is wrong, with the value, and what to do. */
  error?: string;
  /** Fields that are not required say so after their label. */
  required?: boolean;
  /** Neither required nor said to be optional: what is needed depends on another field, as the hint says. */
  unmarked?: boolean;
  /** Why it cannot be changed now; shown, and the field is locked. */
  locked?: string;
}

export interface Option {
  value: string;
  label: string;
  hint?: string;
  /** Why this cannot be chosen. */
  disabled?: string;
  /** Leads to what is chosen, in a window beside this one. */
  link?: Link;
  /** Options of one group stand together under its name (select only). */
  group?: string;
}

export interface TextField extends FieldBase {
  kind: 'text';
  value?: string;
  type?: 'text' | 'email' | 'tel' | 'url' | 'search' | 'password';
  autocomplete?: string;
  inputMode?: 'text' | 'numeric' | 'email' | 'tel' | 'url';
  size?: 'short' | 'medium' | 'full';
  /** The code is checked by `GET /api/check/code` when the field is left. */
  check?: 'uscc' | 'residentId' | 'any';
  /** Suggestions; the value stays free. */
  suggestions?: string[];
}

export interface TextareaField extends FieldBase {
  kind: 'textarea';
  value?: string;
  rows?: number;
  /** Shown as a count, never cut off. */
  limit?: number;
}

export interface DateField extends FieldBase {
  kind: 'date';
  /** YYYY-MM-DD, or YYYY-MM-DDTHH:MM when `time` is set. */
  value?: string;
  time?: boolean;
  min?: string;
  max?: string;
}

export interface NumberField extends FieldBase {
  kind: 'number';
  value?: string | number;
  /** Stands in the field: 元, 工作日. */
  unit?: string;
  /** No decimal point on a telephone's keys. */
  whole?: boolean;
}

export interface SelectField extends FieldBase {
  kind: 'select';
  value?: string;
  options: Option[];
  /** First entry with no value; default "请选择". `false` leaves it out. */
  blank?: string | false;
}

export interface RadioField extends FieldBase {
  kind: 'radios';
  value?: string;
  options: Option[];
  inline?: boolean;
}

export interface CheckboxesField extends FieldBase {
  kind: 'checkboxes';
  values?: string[];
  options: Option[];
  inline?: boolean;
}

/** A single box that states something: "我已核对……". */
export interface CheckField extends FieldBase {
  kind: 'check';
  value?: string;
  checked?: boolean;
}

export interface FileField extends FieldBase {
  kind: 'file';
  multiple?: boolean;
  /** ".pdf,.docx". */
  accept?: string;
  /** Said to the reader: "单个不超过 20 MB". */
  limits?: string;
}

export type Field =
  | TextField | TextareaField | DateField | NumberField | SelectField
  | RadioField | CheckboxesField | CheckField | FileField;

export interface ErrorSummary {
  /** `field` is the id of the field, for the link; without it the error is about the whole form. */
  errors: { field?: string; message: string }[];
}

/** `partials/form-open`; close with `partials/form-close`. The CSRF token is added by itself. */
export interface FormShell {
  action: string;
  id?: string;
  /** Default post. */
  method?: 'post' | 'get';
  /** True when the form has a file field. */
  upload?: boolean;
  /** Idempotency key of the act; the same form sent twice is one act. */
  commandId?: string;
  /** Version of the case that the person saw. */
  seenVersion?: number;
  hidden?: Record<string, string>;
  /** What a screen reader calls the form when a page has several. */
  label?: string;
  /** Leave out for forms where losing the input is no loss. */
  warnWhenDirty?: boolean;
}

export interface Button {
  label: string;
  /** With `href` a link that looks like a button, else a submit button. */
  href?: string;
  name?: string;
  value?: string;
  icon?: IconName;
  danger?: boolean;
  /** Why it cannot be pressed now; shown beside it. */
  disabled?: string;
}

/** One primary button a page. */
export interface ButtonRow {
  primary?: Button;
  others?: Button[];
  cancel?: Link;
}

/** A single button that is a form of its own: claim, release, mark as read. */
export interface Act extends FormShell {
  button: Button;
}

/** Before a dangerous act: what will happen, who is written to, whether it can be undone. */
export interface ConfirmBlock {
  title: string;
  consequences: string[];
  /** People and mailboxes in words; empty means nobody, and says so. */
  mailTo: string[];
  undo: { possible: boolean; text: string };
}
