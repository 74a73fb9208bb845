import type { Knex } from 'knex';
import { valueOf, type Form } from '../../platform/http/forms.ts';
import type { ArrivedPaper } from './papers.ts';

export type ApplicationKind = 'repair' | 'objection';

/** In characters. */
export const longestStatement = 2000;

/** A form that was not sent yet. */
export interface Draft {
  readonly fields: Readonly<Record<string, string>>;
  readonly papers: readonly ArrivedPaper[];
  readonly savedAt: Date;
}

const typedNames = ['statement', 'ground', 'fresh', 'agent', 'truthful'] as const;

/** What was typed, without what belongs to the page. */
export const typedFields = (form: Form): Record<string, string> =>
  Object.fromEntries(typedNames.flatMap((name) => (valueOf(form, name) === '' ? [] : [[name, valueOf(form, name).slice(0, 2 * longestStatement)]])));

interface Key {
  readonly account: string;
  readonly record: string;
  readonly kind: ApplicationKind;
}

const where = ({ account, record, kind }: Key) => ({ account_id: account, record_id: record, kind });

/** Papers that nobody sent are thrown away a day after they came; shown for less, so that none is gone between page and sending. */
const papersMs = 20 * 3_600_000;

export async function saveDraft(knex: Knex, key: Key, { fields, papers, savedAt }: Draft): Promise<void> {
  await knex('portal_draft')
    .insert({ ...where(key), fields: JSON.stringify(fields), files: JSON.stringify(papers), saved_at: savedAt })
    .onConflict(['account_id', 'record_id', 'kind']).merge();
}

export async function findDraft(knex: Knex, key: Key, now: Date): Promise<Draft | undefined> {
  const row: { fields: Record<string, string>; files: ArrivedPaper[]; saved_at: Date } | undefined = await knex('portal_draft').where(where(key)).first('fields', 'files', 'saved_at');
  if (!row) return undefined;
  const fresh = now.getTime() - row.saved_at.getTime() < papersMs;
  return { fields: row.fields, papers: fresh ? row.files : [], savedAt: row.saved_at };
}

export async function dropDraft(knex: Knex, key: Key): Promise<void> {
  await knex('portal_draft').where(where(key)).delete();
}

/** A draft as its author finds it again on his own page. */
export interface DraftInList {
  readonly kind: ApplicationKind;
  readonly record: string;
  readonly documentNo: string;
  readonly savedAt: Date;
}

/** The last ones first, as many as a page shows. */
export async function draftsOf(knex: Knex, account: string, most = 20): Promise<DraftInList[]> {
  const found: { kind: ApplicationKind; record_id: string; document_no: string; saved_at: Date }[] = await knex('portal_draft as d').join('record as r', 'r.id', 'd.record_id')
    .where('d.account_id', account).orderBy('d.saved_at', 'desc').limit(most).select('d.kind', 'd.record_id', 'd.saved_at', knex.raw(`r.state -> 'facts' ->> 'documentNo' as document_no`));
  return found.map((row) => ({ kind: row.kind, record: row.record_id, documentNo: row.document_no, savedAt: row.saved_at }));
}
