import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import type { Ground } from '../../platform/http/feature.ts';
import { createStaffLetters } from '../../platform/mail/staff-letters.ts';
import type { Locale } from '../../rules/people.ts';

/** What a person is told of his own account, because it may not have been he who did it. Words `security:mail.*`. */
export type AccountNews = 'mailChanged' | 'secondFactorAdded' | 'secondFactorRemoved' | 'secondFactorReset' | 'recoveryCodeUsed' | 'tokenMade' | 'identityLinked' | 'passkeyAdded' | 'passkeyRemoved' | 'passwordReset';

interface Reader {
  readonly id: string;
  readonly name: string;
  readonly nameEn: string;
  readonly locale: Locale;
  readonly mail: string;
}

/** Queues a letter within the transaction it tells of; the answer is the ids of the mails. */
export type TellPerson = (trx: Knex.Transaction, reader: Reader, news: AccountNews, requestId: string) => Promise<string[]>;

export function createAccountLetters(ground: Pick<Ground, 'config' | 'i18n'>): TellPerson {
  const queue = createStaffLetters(ground);
  return (trx, { id, name, nameEn, locale, mail }, news, requestId) =>
    queue(trx, [{ reader: { kind: 'person', name: locale === 'en' ? nameEn : name, locale }, address: mail, personId: id, unitId: null, reporterId: null }], {
      key: `account:${news}:${randomUUID()}`,
      template: news,
      requestId,
      write: (t) => ({
        subject: t(`security:mail.${news}.subject`),
        paragraphs: [t(`security:mail.${news}.say`), t('security:mail.notYou')],
        link: { label: t('security:mail.link'), path: '/settings/security' },
      }),
    });
}
