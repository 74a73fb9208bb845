import type { Request } from 'express';
import { z } from 'zod';
import { Gone, Invalid } from '../../platform/http/errors.ts';
import { integer, optional } from '../../platform/http/fields.ts';
import { readForm } from '../../platform/http/forms.ts';
import { instantOf } from '../../platform/http/instants.ts';
import { latestPlace, place, readTold, type Place } from '../../platform/records/told.ts';
import { publicForms, withdrawalNotices, type PublicForm, type WithdrawalNotice } from './open-data.ts';
import type { PublicPages } from './parts.ts';

/** What a department that keeps a copy does next: put the form in the place of the one it has, or delete that one. */
export interface ChangeJson {
  record: string;
  what: string;
  at: string;
  /** As it stands now, and not as it stood then; null when nobody may see it. */
  form: PublicForm | null;
  /** Of a record that was withdrawn: by whom, when and why; null for any other. */
  notice: WithdrawalNotice | null;
}

export interface ChangesJson {
  changes: ChangeJson[];
  /** Where to go on, also when there was nothing. */
  next: string;
  more: boolean;
}

export interface ChangeFeed {
  /**
   * What happened after a cursor, oldest first.
   * @throws Invalid, BadRequest for a cursor that was made up, Gone for one of a history that this server no longer has.
   */
  read(req: Request): Promise<ChangesJson>;
}

export const changePages = { usual: 200, most: 1000 } as const;

const cursorName = 'record-changes';
const query = z.object({ limit: optional(integer({ min: 1, max: changePages.most })) });

/** 共享: the changes of the open data, for copies of it. */
export function createChangeFeed(pages: PublicPages): ChangeFeed {
  const { knex, cursors } = pages.ground;
  const encode = (at: Place): string => cursors.encode(cursorName, at);

  return {
    async read(req) {
      const read = readForm(query, req.query, req.t);
      if (!read.ok) throw new Invalid(read.form.errors);
      const { after } = req.query;
      if (after === 'latest') return { changes: [], next: encode(await latestPlace(knex)), more: false };
      const told = await readTold(knex, cursors.decode(cursorName, after, place) ?? null, read.data.limit ?? changePages.usual);
      if (!told) throw new Gone('apiRecords:error.changesGone');
      // Read after the changes: what a form says is never older than its change.
      const ids = [...new Set(told.changes.map(({ record }) => record))];
      const [forms, notices] = await Promise.all([publicForms(req, pages, ids), withdrawalNotices(req, pages, ids)]);
      return {
        changes: told.changes.map(({ record, what, at }) => ({ record, what, at: instantOf(at), form: forms.get(record) ?? null, notice: notices.get(record) ?? null })),
        next: encode(told.next),
        more: told.more,
      };
    },
  };
}
