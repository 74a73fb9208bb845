import type { Knex } from 'knex';
import { domainOf, parseSender } from '../../platform/mail/address.ts';
import { createFreeCompose } from '../../platform/mail/compose.ts';
import type { Ground } from '../../platform/http/feature.ts';
import type { Locale } from '../../rules/people.ts';
import { tokenDigest } from './keys.ts';
import { linkMinutes, type NewLink } from './links.ts';
import { portalPath } from './parts.ts';

/** Writes the letter with a link into the outbox; gives the id of the mail that waits to be sent. */
export type QueueLink = (trx: Knex.Transaction, link: NewLink, reader: { locale: Locale; requestId: string }) => Promise<string>;

/**
 * Sign-in links go the way of every mail: rendered and kept, sent by a worker, seen in the mail log. Like a reporter's
 * address that of the account is unsealed when the mail is sent. Who reads the log cannot use the link: it opens in the
 * browser alone that asked for it.
 */
export function createQueueLink({ config, i18n }: Pick<Ground, 'config' | 'i18n'>): QueueLink {
  const compose = createFreeCompose({ i18n, publicUrl: config.publicUrl });
  const domain = domainOf(parseSender(config.mailFrom).address);
  return async (trx, { token, account, masked }, { locale, requestId }) => {
    const t = i18n.translator(locale);
    const name = tokenDigest(token).toString('hex').slice(0, 24);
    const letter = compose({
      locale,
      subject: t('portal:mail.subject'),
      greeting: t('mail:greeting.reporter'),
      paragraphs: [t('portal:mail.say', { count: linkMinutes }), t('portal:mail.notYou')],
      link: { label: t('portal:mail.link'), path: `${portalPath}/sign-in/${token}` },
      footer: [t('mail:footer.public')],
    });
    const [mail]: { id: string }[] = await trx('mail').insert({
      business_key: `sign-in:${name}`,
      reporter_id: account,
      recipient: masked,
      locale,
      template: 'signInLink',
      ...letter,
      message_id: `<sign-in.${name}@${domain}>`,
      status: 'queued',
      request_id: requestId,
    }).returning('id');
    if (!mail) throw new Error('the letter with a sign-in link was not queued');
    return mail.id;
  };
}
