import type { Knex } from 'knex';
import type { Logger } from 'pino';
import { createDeliver } from '../activities/deliver.ts';
import { createCaseActivities } from '../activities/record.ts';
import type { Config } from '../config.ts';
import { createCodeWord } from '../platform/code-word.ts';
import { createI18n } from '../platform/i18n.ts';
import { createReadLaw } from '../platform/law.ts';
import { domainOf, parseSender } from '../platform/mail/address.ts';
import { createCompose } from '../platform/mail/compose.ts';
import type { OnAttempt } from '../platform/mail/delivery.ts';
import { createOutbox, pendingMails } from '../platform/mail/outbox.ts';
import { createMailTransport } from '../platform/mail/transport.ts';
import { createSeal } from '../platform/seal.ts';
import type { CaseActivities, MailActivities } from '../rules/casefile/ports.ts';

/** What activities are made of. */
export interface ActivityParts {
  readonly config: Pick<Config, 'secrets' | 'hash' | 'cipher' | 'mailFrom' | 'publicUrl' | 'smtpUrl'>;
  readonly knex: Knex;
  readonly logger: Logger;
  readonly onMailAttempt?: OnAttempt;
}

/** What a running case may do to the world, wired: the worker runs these, and so do commands that write past cases. */
export function createActivities({ config, knex, logger, onMailAttempt }: ActivityParts): { cases: CaseActivities; mail: MailActivities } {
  const { hash, cipher, secrets, publicUrl } = config;
  const i18n = createI18n({ onMissing: (locale, key) => logger.error({ locale, key }, 'words are missing') });
  const { unsealReporters } = createSeal({ key: secrets.seal, cipher, hash });
  const sender = parseSender(config.mailFrom);
  const compose = createCompose({ i18n, publicUrl, codeWord: createCodeWord({ key: secrets.seal, hash }) });
  const { queueMails } = createOutbox({ compose, domain: domainOf(sender.address), unsealReporters });
  const transport = createMailTransport({ url: config.smtpUrl, sender });
  return {
    cases: createCaseActivities({ knex, chain: { hash, key: secrets.chain }, readLaw: createReadLaw(knex), queueMails, pendingMails }),
    mail: {
      deliver: createDeliver({ knex, transport, logger, unsealReporters, ...(onMailAttempt && { onAttempt: onMailAttempt }) }),
    },
  };
}
