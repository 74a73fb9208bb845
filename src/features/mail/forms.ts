import { z } from 'zod';
import { newForm, readForm, type Form } from '../../platform/http/forms.ts';
import { choice, day, optional, text } from '../../platform/http/fields.ts';
import type { Translate } from '../../platform/i18n.ts';
import { mailStatuses } from '../../platform/mail/types.ts';
import { mostAtOnce, type MailFilter } from './queries.ts';

const filter = z.object({
  status: optional(choice(mailStatuses)),
  caseNo: optional(text({ max: 40 })),
  recipient: optional(text({ max: 100 })),
  from: optional(day()),
  to: optional(day()),
});

/** What the address asks for; null when something in it makes no sense, and the form then says what. */
export function readFilter(query: unknown, t: Translate): { filter: MailFilter | null; form: Form } {
  const read = readForm(filter, query, t);
  if (!read.ok) return { filter: null, form: read.form };
  const { caseNo, ...rest } = read.data;
  const found: MailFilter = { ...rest, caseNo: caseNo?.toUpperCase() ?? null };
  return { filter: found, form: newForm({ ...found }) };
}

const uuids = z.array(z.uuid()).max(mostAtOnce);

/** Ids as check boxes send them (`id` once for each) or as one field joined by commas; those that are none are dropped. */
export function readIds(value: unknown): string[] {
  const given = (Array.isArray(value) ? value : [value]).flatMap((one) => (typeof one === 'string' ? one.split(',') : []));
  const read = uuids.safeParse([...new Set(given.filter((one) => one !== ''))]);
  return read.success ? read.data : [];
}
