import type { Knex } from 'knex';
import { createHash } from 'node:crypto';
import type { Ground } from '../../../platform/http/feature.ts';
import { domainOf, parseSender } from '../../../platform/mail/address.ts';
import { createFreeCompose } from '../../../platform/mail/compose.ts';
import { lookUp, type Recipient } from '../../../platform/mail/recipients.ts';
import type { MailTo } from '../../../platform/mail/types.ts';
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

export function createProposalLetters({ config, i18n }: Pick<Ground, 'config' | 'i18n'>): ProposalLetters {
  const compose = createFreeCompose({ i18n, publicUrl: config.publicUrl });
  const domain = domainOf(parseSender(config.mailFrom).address);

  function rowOf({ reader, address, personId, unitId }: Recipient, about: Omit<About, 'proposal'>, of: { key: string; template: string; says: string; params: Record<string, string>; quote: string | null }) {
    const t = i18n.translator(reader.locale);
    const { facts } = about.record.state;
    const key = `${of.key}:${personId ?? unitId ?? ''}`;
    const params = { ...of.params, name: about.by.name, documentNo: facts.documentNo, subject: about.record.subject.name };
    const letter = compose({
      locale: reader.locale,
      subject: t(`records:mail.${of.says}.subject`, params),
      greeting: t(`mail:greeting.${reader.kind}`, { name: reader.name ?? '' }),
      paragraphs: [t(`records:mail.${of.says}.say`, params), ...(of.quote === null ? [] : [of.quote])],
      link: { label: t('records:mail.link'), path: `${listPath}/${about.record.id}` },
      footer: [t('mail:footer.staff')],
    });
    return {
      business_key: key,
      person_id: personId,
      unit_id: unitId,
      recipient: address ?? '',
      locale: reader.locale,
      template: of.template,
      ...letter,
      message_id: `<proposal.${createHash('sha256').update(key).digest('hex').slice(0, 24)}@${domain}>`,
      status: address === null ? 'failed' : 'queued',
      last_error: address === null ? 'noAddress' : null,
      request_id: about.requestId,
    };
  }

  async function queue(trx: Knex.Transaction, rows: ReturnType<typeof rowOf>[]): Promise<string[]> {
    if (rows.length === 0) return [];
    const made = (await trx('mail').insert(rows).onConflict('business_key').ignore().returning(['id', 'status'])) as { id: string; status: string }[];
    return made.filter(({ status }) => status === 'queued').map(({ id }) => id);
  }

  return {
    async proposed(trx, about) {
      const { proposal, record, by, office } = about;
      const { unit } = record.state.facts;
      const to: MailTo[] = [{ unit, role: 'head' }, ...(office !== undefined && hasRole(by, 'head', unit) ? [{ unit: office, role: 'creditOfficeHead' as const }] : [])];
      const directory = await lookUp(trx, to, [unit]);
      const readers = new Map(to.flatMap((one) => directory.recipients(one, [by.id])).map((one) => [one.personId ?? one.unitId, one]));
      return queue(trx, [...readers.values()].map((reader) => {
        const t = i18n.translator(reader.reader.locale);
        return rowOf(reader, about, { key: `proposal:${proposal.id}`, template: 'recordProposed', says: 'proposed', params: { act: t(`records:proposal.act.${proposal.act}`) }, quote: proposal.reason });
      }));
    },
    async decided(trx, about) {
      const { proposal, granted, note, by } = about;
      if (proposal.by.id === by.id) return [];
      const { unit } = about.record.state.facts;
      const directory = await lookUp(trx, [{ person: proposal.by.id, unit }], [unit]);
      return queue(trx, directory.recipients({ person: proposal.by.id, unit }).map((reader) => {
        const t = i18n.translator(reader.reader.locale);
        return rowOf(reader, about, { key: `proposal-decided:${proposal.id}`, template: 'recordDecided', says: granted ? 'granted' : 'refused', params: { act: t(`records:proposal.act.${proposal.act}`) }, quote: note });
      }));
    },
  };
}
