import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import type { Knex } from 'knex';
import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import { accounts } from '../features/accounts/index.ts';
import { api } from '../features/api/index.ts';
import { calendarFeature } from '../features/calendar/index.ts';
import { chain } from '../features/chain/index.ts';
import { codeCorrectionPages, codeCorrections } from '../features/code-corrections/index.ts';
import { disclosures } from '../features/disclosures/index.ts';
import { incidentPages, incidents } from '../features/incidents/index.ts';
import { mailLog } from '../features/mail/index.ts';
import { objectionPages, objections } from '../features/objections/index.ts';
import { createPortalKeys, createTellWithdrawn, createWaitingBindings, portal } from '../features/portal/index.ts';
import { publicRecords } from '../features/public-records/index.ts';
import { createWaitingProposals, records } from '../features/records/index.ts';
import { releasePages, releases } from '../features/releases/index.ts';
import { repairPages, repairs } from '../features/repairs/index.ts';
import { rulesFeature } from '../features/rules/index.ts';
import { subjects } from '../features/subjects/index.ts';
import { supervision } from '../features/supervision/index.ts';
import { takedownPages, takedowns } from '../features/takedowns/index.ts';
import { tasks, type TasksParts } from '../features/tasks/index.ts';
import { createCalendars } from '../platform/calendar.ts';
import { openDeadlines } from '../platform/casefile/deadlines.ts';
import { createCaseGateway } from '../platform/casefile/gateway.ts';
import { createClamd } from '../platform/clamd.ts';
import { createFiles } from '../platform/files.ts';
import type { FeatureFactory } from '../platform/http/feature.ts';
import { createReadLaw } from '../platform/law.ts';
import { createRules } from '../platform/rules.ts';
import { createScanning } from '../platform/scanning.ts';
import { createSeal } from '../platform/seal.ts';
import { createFolderStorage } from '../platform/storage.ts';
import { caseQueue } from '../platform/temporal/queues.ts';
import type { CaseKind } from '../rules/casefile/types.ts';

/** What the features of the web are made of. */
export interface FeatureParts {
  readonly config: Pick<Config, 'actTimeoutMs' | 'dataFolder' | 'secrets' | 'cipher' | 'hash' | 'scanner'>;
  readonly logger: Logger;
  readonly knex: Knex;
  readonly client: Client;
  /** Tests use a queue of their own. */
  readonly taskQueue?: string;
}

/** Where the pages of each kind of case are, for pages that name cases of any kind. */
const casePaths: Readonly<Record<CaseKind, string>> = { incident: '/incidents', repair: '/repairs', objection: '/objections', release: '/releases', codeCorrection: '/code-corrections', takedown: '/takedowns' };

/** Every feature of the web; the side bar takes their order from the entries themselves. */
export function features({ config, knex, logger, client, taskQueue = caseQueue }: FeatureParts): readonly FeatureFactory[] {
  const gateway = createCaseGateway({ client, knex, taskQueue, timeoutMs: config.actTimeoutMs });
  const readLaw = createReadLaw(knex);
  const rules = createRules(knex);
  const calendars = createCalendars(knex);
  const scanning = createScanning(knex, config.scanner ? createClamd(config.scanner) : null, logger);
  const files = createFiles(createFolderStorage(join(config.dataFolder, 'files')), config.secrets.session, scanning);
  const seal = createSeal({ key: config.secrets.seal, cipher: config.cipher, hash: config.hash });

  const start = async (workflow: string, workflowId: string, argument: unknown): Promise<void> => {
    await client.workflow.start(workflow, { workflowId, taskQueue, workflowIdConflictPolicy: 'USE_EXISTING', args: [argument] });
  };
  /** Open deadlines are computed again under the new law; `change` names it for ever. */
  const lawChanged = (change: string): Promise<void> => start('lawChange', `law-change-${change}`, change);

  const redeliver = (mails: readonly string[]): Promise<void> => start('redelivery', `redelivery-${randomUUID()}`, mails);

  const proposals = createWaitingProposals(knex);
  const bindings = createWaitingBindings(knex, createPortalKeys({ key: config.secrets.seal, hash: config.hash }));
  const waiting: TasksParts['waiting'] = async (person, sight) => (await Promise.all([proposals(person, sight), bindings(person, sight)])).flat();

  return [
    accounts({ deliver: redeliver }),
    tasks({ gateway, readLaw, files, seal, waiting, pages: { incident: incidentPages, repair: repairPages, objection: objectionPages, release: releasePages, codeCorrection: codeCorrectionPages, takedown: takedownPages } }),
    incidents({ gateway, readLaw, files, seal }),
    records({ readLaw, seal, files, casePaths, deliver: redeliver, tellWithdrawn: createTellWithdrawn }),
    subjects({ readLaw, seal, casePaths }),
    repairs({ gateway, readLaw, files, seal }),
    objections({ gateway, readLaw, files, seal }),
    releases({ gateway, readLaw, files, seal }),
    codeCorrections({ gateway, readLaw, files, seal }),
    takedowns({ gateway, readLaw, files, seal }),
    api({ gateway, readLaw, files, seal, casePaths }),
    supervision({ gateway, readLaw }),
    disclosures,
    publicRecords({ readLaw, seal }),
    portal({ gateway, readLaw, files, seal, deliver: redeliver }),
    rulesFeature({ rules, calendars, onRuleConfirmed: ({ id }) => lawChanged(`rule-${id}`) }),
    calendarFeature({
      rules,
      calendars,
      openDeadlines: () => openDeadlines(knex),
      onCalendarActivated: ({ version }) => lawChanged(`calendar-${version}`),
    }),
    chain,
    mailLog({ redeliver }),
  ];
}
