import type { Ground } from '../../platform/http/feature.ts';
import { domainOf, parseSender } from '../../platform/mail/address.ts';
import { createFreeCompose } from '../../platform/mail/compose.ts';
import type { Locale } from '../../rules/people.ts';
import type { TellWithdrawn } from '../records/index.ts';

interface Reader {
  id: string;
  masked: string;
  locale: Locale;
}

/** Letters to the accounts that are bound to the subject and left an address; a subject without one reads its page. */
export function createTellWithdrawn({ config, i18n }: Pick<Ground, 'config' | 'i18n'>): TellWithdrawn {
  const compose = createFreeCompose({ i18n, publicUrl: config.publicUrl });
  const domain = domainOf(parseSender(config.mailFrom).address);
  return async (trx, { record, subject, documentNo, unit, reason, requestId }) => {
    const readers = (await trx('portal_binding as b').join('portal_account as a', 'a.id', 'b.account_id')
      .join('sealed_identity as s', (on) => on.on('s.id', 'a.id').onNotNull('s.wrapped_key'))
      .where({ 'b.subject_id': subject.id, 'b.state': 'confirmed' }).orderBy('a.id').select('a.id', 'a.masked', 'a.locale')) as Reader[];
    if (readers.length === 0) return [];
    const rows = readers.map(({ id, masked, locale }) => {
      const t = i18n.translator(locale);
      const params = { name: subject.name, documentNo, unit: locale === 'en' ? unit.nameEn : unit.name };
      const key = `withdrawn:${record}:${id}`;
      return {
        business_key: key, reporter_id: id, recipient: masked, locale, template: 'recordWithdrawn',
        ...compose({
          locale, greeting: t('mail:greeting.reporter'), footer: [t('mail:footer.public')], subject: t('portal:withdrawnMail.subject', params),
          paragraphs: [t('portal:withdrawnMail.say', params), t('portal:withdrawnMail.reason', { reason })],
          link: { label: t('portal:withdrawnMail.link'), path: `/public/records/${record}` },
        }),
        message_id: `<${key.replaceAll(':', '.')}@${domain}>`, status: 'queued', request_id: requestId,
      };
    });
    const made: { id: string }[] = await trx('mail').insert(rows).onConflict('business_key').ignore().returning('id');
    return made.map(({ id }) => id);
  };
}
