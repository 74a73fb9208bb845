import type { Knex } from 'knex';
import { createHash } from 'node:crypto';
import type { Ground } from '../http/feature.ts';
import type { Translate } from '../i18n.ts';
import { domainOf, parseSender } from './address.ts';
import { createFreeCompose } from './compose.ts';
import type { Recipient } from './recipients.ts';

export interface StaffLetter {
  /** Unique for ever, but for its reader: the same news is one letter to each. */
  readonly key: string;
  readonly template: string;
  readonly requestId: string;
  /** Its words in the language of a reader. */
  write(t: Translate): { subject: string; paragraphs: string[]; link: { label: string; path: string } };
}

/** Queues a letter for each of its readers, whoever is named twice has one, within the transaction it tells of; the answer is the ids of the mails. */
export type QueueStaffLetter = (trx: Knex.Transaction, readers: readonly Recipient[], letter: StaffLetter) => Promise<string[]>;

/** Letters to people of the house about what belongs to no case; those about cases are made by the outbox. */
export function createStaffLetters({ config, i18n }: Pick<Ground, 'config' | 'i18n'>): QueueStaffLetter {
  const compose = createFreeCompose({ i18n, publicUrl: config.publicUrl });
  const domain = domainOf(parseSender(config.mailFrom).address);
  return async (trx, readers, { key: news, template, requestId, write }) => {
    const rows = readers.map(({ reader, address, personId, unitId }) => {
      const t = i18n.translator(reader.locale);
      const key = `${news}:${personId ?? unitId ?? ''}`;
      return {
        business_key: key,
        person_id: personId,
        unit_id: unitId,
        recipient: address ?? '',
        locale: reader.locale,
        template,
        ...compose({ locale: reader.locale, greeting: t(`mail:greeting.${reader.kind}`, { name: reader.name ?? '' }), footer: [t('mail:footer.staff')], ...write(t) }),
        message_id: `<staff.${createHash('sha256').update(key).digest('hex').slice(0, 24)}@${domain}>`,
        status: address === null ? 'failed' : 'queued',
        last_error: address === null ? 'noAddress' : null,
        request_id: requestId,
      };
    });
    if (rows.length === 0) return [];
    const made = (await trx('mail').insert(rows).onConflict('business_key').ignore().returning(['id', 'status'])) as { id: string; status: string }[];
    return made.filter(({ status }) => status === 'queued').map(({ id }) => id);
  };
}
