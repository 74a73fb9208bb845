import { randomUUID } from 'node:crypto';
import { ApplicationFailure } from '@temporalio/activity';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { expect } from 'chai';
import type { Knex } from 'knex';
import pino from 'pino';
import { createDeliver, type Delivered } from '../../src/activities/deliver.ts';
import { createMailTransport } from '../../src/platform/mail/transport.ts';
import { deadUrl, sender, startMailbox } from '../platform/mail/support.ts';
import { createTestDatabase, type TestDatabase } from '../support/stack.ts';

describe('the activity that delivers mail', () => {
  let database: TestDatabase;
  let knex: Knex;
  before(async () => {
    database = await createTestDatabase();
    ({ knex } = database);
  });
  after(() => database.drop());

  const deliverTo = (url: string) =>
    createDeliver({
      knex,
      transport: createMailTransport({ url, sender }),
      logger: pino({ level: 'silent' }),
      unsealReporters: async () => new Map(),
    });
  async function queued(): Promise<string> {
    const key = randomUUID();
    const content = { locale: 'en', template: 'urged', subject: 's', html: '<p>h</p>', text: 't\n' };
    const [row]: { id: string }[] = await knex('mail')
      .insert({ business_key: key, recipient: 'a@example.cn', ...content, message_id: `<${key}@xinzhi.example>` })
      .returning('id');
    return row!.id;
  }
  const run = async (url: string, ids: string[], attempt = 1): Promise<Delivered> =>
    new MockActivityEnvironment({ attempt }, { logger: new DefaultLogger('ERROR') }).run(deliverTo(url), ids);

  it('counts what became of the mails', async () => {
    const box = await startMailbox();
    try {
      expect(await run(box.url, [await queued(), await queued()])).to.deep.equal({ sent: 2, failed: 0, uncertain: 0 });
    } finally {
      await box.close();
    }
  });

  it('fails so that it is tried again while mails wait, and the next attempt sends these alone', async () => {
    const { url, port } = await deadUrl();
    const ids = [await queued(), await queued()];
    const failure = await run(url, ids).then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(failure).to.be.instanceOf(ApplicationFailure);
    expect(failure).to.include({ type: 'MailWaiting', nonRetryable: false });
    const box = await startMailbox({}, port);
    try {
      expect(await run(url, ids, 2)).to.deep.equal({ sent: 2, failed: 0, uncertain: 0 });
      expect(await run(url, ids, 3)).to.deep.equal({ sent: 0, failed: 0, uncertain: 0 });
      expect(box.received).to.have.length(2);
    } finally {
      await box.close();
    }
  });
});
