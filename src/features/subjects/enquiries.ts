import type { Request } from 'express';
import type { Knex } from 'knex';
import { z } from 'zod';
import { Invalid } from '../../platform/http/errors.ts';
import type { SubjectRow } from '../../platform/records/subjects.ts';
import { dayNumber } from '../../rules/calendar/index.ts';
import { checkUscc } from '../../rules/codes/index.ts';
import { readingOf, type Reading, type Records } from '../records/index.ts';
import { queryForm } from './forms.ts';
import { hasAsked, hasPart } from './queries.ts';

/** Who has no part in a subject says why he looks, once a day. */
export async function mayLook(knex: Knex, { sight, person, law, today }: Reading, subject: SubjectRow): Promise<boolean> {
  return (await hasPart(knex, sight, subject)) || hasAsked(knex, subject.id, person.id, new Date(law.calendar.beginOf(dayNumber(today))));
}

/** Writes down who looks and why: the subject may read it. `sought` is the masked number of a person, whether he is on file or not. */
export async function noteEnquiry(knex: Knex, { person, now }: Pick<Reading, 'person' | 'now'>, of: { subject: string | null; sought: string | null }, reason: string): Promise<void> {
  await knex('subject_query').insert({ at: now, subject_id: of.subject, sought: of.sought, person_id: person.id, unit: person.roles[0]?.unit ?? null, reason });
}

/** Asking about subjects by a program, under the same duty as on their pages. */
export interface Enquiries {
  /**
   * For a list that is narrowed to one subject, by its id or its whole code.
   * @throws Invalid when the caller has no part in it and gave no reason, today or now.
   */
  note(req: Request): Promise<void>;
}

const asked = z.object({ subject: z.uuid().nullable().catch(null), q: z.string().catch('') });

export function createEnquiries(records: Records): Enquiries {
  const { knex } = records.ground;

  async function subjectsOf({ subject, q }: z.infer<typeof asked>): Promise<SubjectRow[]> {
    if (subject !== null) return knex<SubjectRow>('subject').where({ id: subject }).select('*');
    const check = checkUscc(q);
    return check.verdict === 'bad' ? [] : knex<SubjectRow>('subject').where({ uscc: check.code }).select('*');
  }

  return {
    async note(req) {
      const found = await subjectsOf(asked.parse(req.query));
      if (found.length === 0) return;
      const reading = await readingOf(req, records);
      for (const subject of found) {
        if (await mayLook(knex, reading, subject)) continue;
        const given = queryForm.safeParse(req.query);
        if (!given.success) throw new Invalid({ reason: req.t('subjects:ask.reasonMissing') });
        await noteEnquiry(knex, reading, { subject: subject.id, sought: null }, given.data.reason);
      }
    },
  };
}
