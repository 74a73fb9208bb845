import type { Knex } from 'knex';
import type { Request } from 'express';
import type { Ground } from '../../platform/http/feature.ts';
import { lookUp, type Recipient } from '../../platform/mail/recipients.ts';
import { createStaffLetters } from '../../platform/mail/staff-letters.ts';
import { readUnits } from '../../platform/units.ts';
import type { Locale } from '../../rules/people.ts';
import { HOME, proposalTitle } from './proposals-presenter.ts';
import type { Proposal } from './proposals.ts';

interface Administrator {
  readonly id: string;
  readonly name: string;
  readonly name_en: string;
  readonly mail: string;
  readonly locale: Locale;
  readonly role: string;
}

/** Active administrators of the three kinds. */
export async function administratorsOf(db: Knex): Promise<Administrator[]> {
  const rows: Administrator[] = await db('person as p').join('person_role as r', 'r.person_id', 'p.id')
    .where({ 'p.active': true }).whereIn('r.role', ['systemAdmin', 'securityAdmin', 'auditAdmin'])
    .distinct('p.id', 'p.name', 'p.name_en', 'p.mail', 'p.locale', 'r.role').orderBy('p.id');
  return rows;
}

/** Those who could decide what somebody of this kind proposes about this person. */
export const decidersAmong = (all: readonly Administrator[], { proposedBy, proposerRole, personId }: Pick<Proposal, 'proposedBy' | 'proposerRole' | 'personId'>): Administrator[] =>
  all.filter(({ id, role }) => id !== proposedBy && id !== personId && role !== proposerRole);

const recipientOf = ({ id, name, name_en: nameEn, mail, locale }: Omit<Administrator, 'role'>): Recipient => ({
  reader: { kind: 'person', name: locale === 'en' ? nameEn : name, locale }, address: mail, personId: id, unitId: null, reporterId: null,
});

export interface ProposalLetters {
  /** To whoever could decide it. */
  waiting(trx: Knex.Transaction, proposal: Proposal, requestId: string): Promise<string[]>;
  /** To its proposer: what became of it. */
  decided(trx: Knex.Transaction, proposal: Proposal, requestId: string): Promise<string[]>;
  /** To whom it was about, or the heads of the unit: what was done, by whom, and to whom he may object. */
  done(trx: Knex.Transaction, proposal: Proposal, requestId: string): Promise<string[]>;
}

/** Letters about proposals. Queued within the transaction that they tell of. */
export function createProposalLetters(ground: Pick<Ground, 'config' | 'i18n'>): ProposalLetters {
  const queue = createStaffLetters(ground);
  type Reader = Pick<Request, 't' | 'locale'>;
  const named = ({ locale }: Reader, { name, nameEn }: { name: string; nameEn: string }): string => (locale === 'en' ? nameEn : name);

  async function letter(
    trx: Knex.Transaction, readers: readonly Recipient[], proposal: Proposal, { template, requestId, say }: { template: string; requestId: string; say: (reader: Reader, what: string) => string[] },
  ): Promise<string[]> {
    const units = await readUnits(trx);
    const mails: string[] = [];
    for (const locale of ['zh-CN', 'en'] as const) {
      const mine = readers.filter(({ reader }) => reader.locale === locale);
      mails.push(...await queue(trx, mine, {
        key: `proposal:${proposal.id}:${template}`,
        template,
        requestId,
        write: (t) => {
          const what = proposalTitle({ t, locale }, units, proposal);
          return { subject: t(`accounts:proposal.mail.${template}.subject`, { what }), paragraphs: say({ t, locale }, what), link: { label: t(`accounts:proposal.mail.${template}.link`), path: template === 'administratorChanged' ? '/settings/sign-ins' : `${HOME}/${proposal.id}` } };
        },
      }));
    }
    return mails;
  }

  return {
    async waiting(trx, proposal, requestId) {
      const readers = decidersAmong(await administratorsOf(trx), proposal).map(recipientOf);
      return letter(trx, readers, proposal, {
        template: 'proposalWaiting', requestId,
        say: (reader, what) => [reader.t('accounts:proposal.mail.proposalWaiting.say', { what, by: named(reader, proposal.proposer) }), reader.t('accounts:proposal.mail.reason', { reason: proposal.reason })],
      });
    },
    async decided(trx, proposal, requestId) {
      const proposer: Administrator | undefined = await trx('person').where({ id: proposal.proposedBy }).first('id', 'name', 'name_en', 'mail', 'locale');
      if (!proposer) return [];
      return letter(trx, [recipientOf(proposer)], proposal, {
        template: 'proposalDecided', requestId,
        say: ({ t }, what) => [
          t(`accounts:proposal.mail.proposalDecided.${proposal.status}`, { what }),
          ...(proposal.note === null ? [] : [t('accounts:proposal.mail.note', { note: proposal.note })]),
          ...(proposal.act === 'passwordReset' && proposal.status === 'granted' ? [t('accounts:proposal.mail.proposalDecided.fetch')] : []),
        ],
      });
    },
    async done(trx, proposal, requestId) {
      const others = (await administratorsOf(trx)).filter(({ id }) => id !== proposal.personId);
      const neutral = others.filter(({ id }) => id !== proposal.proposedBy && id !== proposal.decider?.id);
      const objectTo = neutral.length > 0 ? neutral : others;
      const person: Administrator | undefined = proposal.personId === null ? undefined : await trx('person').where({ id: proposal.personId }).first('id', 'name', 'name_en', 'mail', 'locale');
      const readers = person ? [recipientOf(person)] : (await lookUp(trx, [{ unit: proposal.unitId ?? '', role: 'head' }])).recipients({ unit: proposal.unitId ?? '', role: 'head' });
      return letter(trx, readers, proposal, {
        template: 'administratorChanged', requestId,
        say: (reader, what) => [
          reader.t('accounts:proposal.mail.administratorChanged.say', { what, by: named(reader, proposal.proposer), decider: proposal.decider ? named(reader, proposal.decider) : '' }),
          reader.t('accounts:proposal.mail.reason', { reason: proposal.reason }),
          reader.t('accounts:proposal.mail.administratorChanged.object', {
            to: objectTo.map(({ name, name_en: nameEn, mail }) => reader.t('accounts:proposal.mail.contact', { name: reader.locale === 'en' ? nameEn : name, mail })).join(reader.t('common:list')),
          }),
        ],
      });
    },
  };
}
