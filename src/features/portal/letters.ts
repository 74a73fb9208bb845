import type { Knex } from 'knex';
import type { Ground } from '../../platform/http/feature.ts';
import type { Translate } from '../../platform/i18n.ts';
import { domainOf, parseSender } from '../../platform/mail/address.ts';
import { createFreeCompose } from '../../platform/mail/compose.ts';
import { lookUp } from '../../platform/mail/recipients.ts';
import { createStaffLetters } from '../../platform/mail/staff-letters.ts';
import type { MailTo } from '../../platform/mail/types.ts';
import { officeOf } from '../../platform/units.ts';
import { maskText } from '../../rules/masking/index.ts';
import type { Locale } from '../../rules/people.ts';
import type { Binding } from './bindings.ts';
import { tokenDigest } from './keys.ts';
import { linkMinutes, type NewLink } from './links.ts';

/** What became of a binding, as the applicant hears of it. */
export type BindingNews = 'confirmed' | 'refused' | 'ended';

/** Letters to those who use the portal; each is written within a transaction and gives the id of the mail that waits. */
export interface Letters {
  signInLink(trx: Knex.Transaction, link: NewLink, reader: { locale: Locale; requestId: string }): Promise<string>;
  /** To the credit office, any of whom may check it: a binding waits. */
  bindingAsked(trx: Knex.Transaction, binding: { id: string; name: string }, requestId: string): Promise<string[]>;
  /** Null for an account without an address: the page alone tells it. */
  /** A file that the account sent was found infected. */
  infected(trx: Knex.Transaction, file: { hash: string; account: string; name: string }): Promise<string | null>;
  binding(trx: Knex.Transaction, binding: Pick<Binding, 'id' | 'account' | 'name'>, news: BindingNews, of: { reason: string | null; requestId: string }): Promise<string | null>;
}

const templates: Readonly<Record<BindingNews, string>> = { confirmed: 'bindingConfirmed', refused: 'bindingRefused', ended: 'bindingEnded' };

interface Written {
  /** Unique for ever: the same news is one letter. */
  readonly key: string;
  readonly template: string;
  readonly account: { readonly id: string; readonly masked: string };
  readonly locale: Locale;
  readonly requestId: string;
  readonly subject: string;
  readonly paragraphs: string[];
  readonly link: { label: string; path: string };
}

/**
 * Letters of the portal go the way of every mail: rendered and kept, sent by a worker, seen in the mail log. Like a
 * reporter's address that of the account is unsealed when the mail is sent. Who reads the log cannot use a sign-in link or
 * its code: both open in the browser alone that asked for them.
 */
export function createLetters(ground: Pick<Ground, 'config' | 'i18n' | 'units'>, { portalPath, bindingsPath }: { portalPath: string; bindingsPath: string }): Letters {
  const { config, i18n } = ground;
  const queueForStaff = createStaffLetters(ground);
  const compose = createFreeCompose({ i18n, publicUrl: config.publicUrl });
  const domain = domainOf(parseSender(config.mailFrom).address);

  async function queue(trx: Knex.Transaction, t: Translate, { key, template, account, locale, requestId, ...letter }: Written): Promise<string | null> {
    const [mail]: { id: string }[] = await trx('mail').insert({
      business_key: key,
      reporter_id: account.id,
      recipient: account.masked,
      locale,
      template,
      ...compose({ locale, greeting: t('mail:greeting.reporter'), footer: [t('mail:footer.public')], ...letter }),
      message_id: `<${key.replaceAll(':', '.')}@${domain}>`,
      status: 'queued',
      request_id: requestId,
    }).onConflict('business_key').ignore().returning('id');
    return mail?.id ?? null;
  }

  /** Null for an account without an address. */
  async function readerOf(trx: Knex.Transaction, account: string): Promise<{ masked: string; locale: Locale } | null> {
    const reader: { masked: string; locale: Locale; sealed: string | null } | undefined = await trx('portal_account as a')
      .leftJoin('sealed_identity as s', (on) => on.on('s.id', 'a.id').onNotNull('s.wrapped_key')).where('a.id', account).first('a.masked', 'a.locale', 's.id as sealed');
    return !reader || reader.sealed === null ? null : reader;
  }

  return {
    async infected(trx, { hash, account, name }) {
      const reader = await readerOf(trx, account);
      if (!reader) return null;
      const t = i18n.translator(reader.locale);
      return queue(trx, t, {
        key: `infected:${hash}:${account}`, template: 'fileInfected', account: { id: account, masked: reader.masked }, locale: reader.locale, requestId: '',
        subject: t('files:infectedMail.subject'), paragraphs: [t('files:infectedMail.say', { name }), t('files:infectedMail.next')], link: { label: t('portal:title'), path: portalPath },
      });
    },
    async signInLink(trx, { token, code, account, masked }, { locale, requestId }) {
      const t = i18n.translator(locale);
      const mail = await queue(trx, t, {
        key: `sign-in:${tokenDigest(token).toString('hex').slice(0, 24)}`,
        template: 'signInLink',
        account: { id: account, masked },
        locale,
        requestId,
        subject: t('portal:mail.subject'),
        paragraphs: [t('portal:mail.say', { count: linkMinutes }), t('portal:mail.code', { code: `${code.slice(0, 3)} ${code.slice(3)}` }), t('portal:mail.notYou')],
        link: { label: t('portal:mail.link'), path: `${portalPath}/sign-in/${token}` },
      });
      if (mail === null) throw new Error('the letter with a sign-in link was not queued');
      return mail;
    },
    async bindingAsked(trx, { id, name }, requestId) {
      const office = officeOf(await ground.units.all());
      if (!office) return [];
      const to: MailTo = { unit: office.id };
      const directory = await lookUp(trx, [to]);
      return queueForStaff(trx, directory.recipients(to), {
        key: `binding:${id}:asked`,
        template: 'bindingAsked',
        requestId,
        write: (t) => ({
          subject: t('portal:bindingMail.asked.subject', { name }),
          paragraphs: [t('portal:bindingMail.asked.say', { name })],
          link: { label: t('portal:staff.title'), path: `${bindingsPath}/${id}` },
        }),
      });
    },
    async binding(trx, { id, account, name }, news, { reason, requestId }) {
      const reader = await readerOf(trx, account);
      if (!reader) return null;
      const t = i18n.translator(reader.locale);
      return queue(trx, t, {
        key: `binding:${id}:${news}`,
        template: templates[news],
        account: { id: account, masked: reader.masked },
        locale: reader.locale,
        requestId,
        subject: t(`portal:bindingMail.${news}.subject`, { name }),
        paragraphs: [
          t(`portal:bindingMail.${news}.say`, { name }),
          ...(reason === null ? [] : [t('portal:bindingMail.reason', { reason: maskText(reason).masked })]),
          ...(news === 'confirmed' ? [] : [t(`portal:bindingMail.${news}.next`)]),
        ],
        link: { label: t('portal:title'), path: portalPath },
      });
    },
  };
}
