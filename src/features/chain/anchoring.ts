import type { Knex } from 'knex';
import type { Logger } from 'pino';
import type { Config } from '../../config.ts';
import { takeAnchor, type Anchor } from '../../platform/anchor/take.ts';
import type { I18n } from '../../platform/i18n.ts';
import type { ReadLaw } from '../../platform/law.ts';
import { lookUp } from '../../platform/mail/recipients.ts';
import { createStaffLetters } from '../../platform/mail/staff-letters.ts';
import type { MailTo } from '../../platform/mail/types.ts';
import { repeat } from '../../platform/repeat.ts';
import { dateAt } from '../../rules/calendar/index.ts';
import { anchorsPath } from '../../platform/public-paths.ts';

/** So soon after midnight the day's anchor is there, in milliseconds. */
const everyMs = 10 * 60_000;

export interface AnchoringParts {
  readonly knex: Knex;
  readonly config: Config;
  readonly i18n: I18n;
  readonly readLaw: ReadLaw;
  /** Has mails of the outbox sent now. */
  readonly deliver: (mails: readonly string[]) => Promise<void>;
  readonly now?: () => Date;
}

/**
 * Takes today's anchor, if it is not taken yet, and sends its root to every audit administrator: what lies in their
 * mailboxes can't be changed together with the database.
 */
export async function anchorToday({ knex, config, i18n, readLaw, deliver, now = () => new Date() }: AnchoringParts): Promise<Anchor | null> {
  const { calendar } = await readLaw();
  const queueForStaff = createStaffLetters({ config, i18n });
  let mails: string[] = [];
  const anchor = await takeAnchor(knex, config.hash, dateAt(calendar, now().getTime()), async (trx, { number, day, size, root, hash }) => {
    const units = await trx('person_role').where({ role: 'auditAdmin' }).distinct('unit_id').pluck<string[]>('unit_id');
    const readers = units.map((unit): MailTo => ({ unit, role: 'auditAdmin' }));
    const directory = await lookUp(trx, readers);
    mails = await queueForStaff(trx, readers.flatMap((to) => directory.recipients(to)), {
      key: `anchor:${number}`,
      template: 'anchor',
      requestId: `anchor-${number}`,
      write: (t) => ({
        subject: t('chain:anchor.mail.subject', { day }),
        paragraphs: [
          t('chain:anchor.mail.say', { day, number, size, hash: t(`chain:anchor.hash.${hash}`) }),
          root.toString('hex'),
          t('chain:anchor.mail.keep', { command: `npx xinzhi verify --root ${root.toString('hex')}` }),
        ],
        link: { label: t('chain:anchor.title'), path: anchorsPath },
      }),
    });
  });
  if (mails.length > 0) await deliver(mails);
  return anchor;
}

/** Sees to it that each day has its anchor, until the returned function is called, which waits for what is under way. */
export function startAnchoring(parts: AnchoringParts, logger: Logger): () => Promise<void> {
  return repeat(
    everyMs,
    async () => {
      const anchor = await anchorToday(parts);
      if (anchor) logger.info({ day: anchor.day, size: anchor.size, root: anchor.root.toString('hex') }, 'the files were anchored');
    },
    (error) => logger.warn({ err: error }, 'anchoring the files failed; it is tried again in ten minutes'),
  );
}
