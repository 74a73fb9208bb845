import type { Knex } from 'knex';
import type { Ground } from '../../../platform/http/feature.ts';
import { lookUp } from '../../../platform/mail/recipients.ts';
import { createStaffLetters, type StaffLetter } from '../../../platform/mail/staff-letters.ts';
import type { MailTo } from '../../../platform/mail/types.ts';
import type { Passage } from '../../../rules/masking/index.ts';
import { hasRole } from '../../../rules/people.ts';
import type { OrderDocument } from '../../../rules/records/file.ts';
import { listPath } from '../list/filter.ts';
import type { FoundRecord, ProposalAct } from '../queries.ts';

/** What somebody proposes for a record, with the id of his form. */
export interface NewProposal {
  readonly id: string;
  readonly act: ProposalAct;
  readonly reason: string;
  readonly target?: string;
  readonly document?: OrderDocument;
  /** Of a withdrawal: when its ground became known. */
  readonly knownOn?: string;
  readonly passages?: readonly Passage[];
}

interface About {
  readonly proposal: Pick<NewProposal, 'id' | 'act' | 'reason'>;
  readonly record: Pick<FoundRecord, 'id' | 'state' | 'subject'>;
  readonly by: Express.User;
  readonly requestId: string;
}

/** Letters about proposals for records, each queued in the transaction it tells of; the answers are the ids of the mails. */
export interface ProposalLetters {
  /** To those who decide: the heads of the unit, and where a head proposes, those of the credit office. */
  proposed(trx: Knex.Transaction, about: About & { office: string | undefined }): Promise<string[]>;
  /** To whoever proposed it. */
  decided(trx: Knex.Transaction, about: Omit<About, 'proposal'> & { proposal: Pick<NewProposal, 'id' | 'act'> & { by: { id: string } }; granted: boolean; note: string | null }): Promise<string[]>;
}

export function createProposalLetters(ground: Pick<Ground, 'config' | 'i18n'>): ProposalLetters {
  const queue = createStaffLetters(ground);

  /** About one act on one record; `quote` is what somebody said about it. */
  const letterOf = (
    { record, by, requestId, proposal }: Omit<About, 'proposal'> & { proposal: Pick<NewProposal, 'act'> },
    { says, quote, ...letter }: { key: string; template: string; says: string; quote: string | null },
  ): StaffLetter => ({
    ...letter,
    requestId,
    write(t) {
      const params = { act: t(`records:proposal.act.${proposal.act}`), name: by.name, documentNo: record.state.facts.documentNo, subject: record.subject.name };
      return {
        subject: t(`records:mail.${says}.subject`, params),
        paragraphs: [t(`records:mail.${says}.say`, params), ...(quote === null ? [] : [quote])],
        link: { label: t('records:mail.link'), path: `${listPath}/${record.id}` },
      };
    },
  });

  return {
    async proposed(trx, about) {
      const { proposal, record, by, office } = about;
      const { unit } = record.state.facts;
      const to: MailTo[] = [{ unit, role: 'head' }, ...(office !== undefined && hasRole(by, 'head', unit) ? [{ unit: office, role: 'creditOfficeHead' as const }] : [])];
      const directory = await lookUp(trx, to, [unit]);
      return queue(trx, to.flatMap((one) => directory.recipients(one, [by.id])), letterOf(about, { key: `proposal:${proposal.id}`, template: 'recordProposed', says: 'proposed', quote: proposal.reason }));
    },
    async decided(trx, about) {
      const { proposal, granted, note, by } = about;
      if (proposal.by.id === by.id) return [];
      const { unit } = about.record.state.facts;
      const to = { person: proposal.by.id, unit };
      const directory = await lookUp(trx, [to], [unit]);
      return queue(trx, directory.recipients(to), letterOf(about, { key: `proposal-decided:${proposal.id}`, template: 'recordDecided', says: granted ? 'granted' : 'refused', quote: note }));
    },
  };
}
