import type { Knex } from 'knex';
import type { Ground } from '../../platform/http/feature.ts';
import { lookUp } from '../../platform/mail/recipients.ts';
import { createStaffLetters } from '../../platform/mail/staff-letters.ts';
import type { Found } from '../../platform/scanning.ts';
import { createLetters } from './letters.ts';
import { bindingsPath, portalPath } from './parts.ts';

/** Writes to whoever sent an infected file, a person of the house or an account of the portal; the ids of the mails. */
export function createTellInfected(ground: Pick<Ground, 'config' | 'i18n' | 'units'>): (trx: Knex.Transaction, found: Found) => Promise<string[]> {
  const queue = createStaffLetters(ground);
  const letters = createLetters(ground, { portalPath, bindingsPath });
  return async (trx, { hash, name, person, account }) => {
    if (account !== null) {
      const mail = await letters.infected(trx, { hash, account, name });
      return mail === null ? [] : [mail];
    }
    if (person === null) return [];
    const directory = await lookUp(trx, [{ person }]);
    return queue(trx, directory.recipients({ person }), {
      key: `infected:${hash}`,
      template: 'fileInfected',
      requestId: '',
      write: (t) => ({ subject: t('files:infectedMail.subject'), paragraphs: [t('files:infectedMail.say', { name }), t('files:infectedMail.next')], link: { label: t('files:infectedMail.link'), path: '/' } }),
    });
  };
}
