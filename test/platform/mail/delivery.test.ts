import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { expect } from 'chai';
import type { Knex } from 'knex';
import pino from 'pino';
import { createDelivery, type DeliveryOptions } from '../../../src/platform/mail/delivery.ts';
import type { OutgoingMail } from '../../../src/platform/mail/message.ts';
import { createMailTransport, type Attempt, type MailTransport } from '../../../src/platform/mail/transport.ts';
import { asSuperuser, createTestDatabase, type TestDatabase } from '../../support/stack.ts';
import { deadUrl, refusal, sender, startCutOff, startMailbox, type Mailbox } from './support.ts';

interface Row {
  status: string;
  attempts: number;
  last_error: string | null;
  server_reply: string | null;
  sent_at: Date | null;
}

const job = { name: 'case-1/run/1', attempt: 1 };

describe('delivery of the outbox', () => {
  let database: TestDatabase;
  let knex: Knex;
  const open: { close(): Promise<void> }[] = [];
  const contacts = new Map<string, string>();

  before(async () => {
    database = await createTestDatabase();
    ({ knex } = database);
  });
  after(() => database.drop());
  afterEach(async () => {
    await Promise.all(open.splice(0).map((server) => server.close()));
  });

  const mailbox = async (...args: Parameters<typeof startMailbox>): Promise<Mailbox> => {
    const started = await startMailbox(...args);
    open.push(started);
    return started;
  };
  const deliveryTo = (url: string, more: Partial<DeliveryOptions> = {}) =>
    createDelivery({
      knex,
      transport: createMailTransport({ url, sender }),
      logger: pino({ level: 'silent' }),
      unsealReporters: async (_db, ids) => new Map([...contacts].filter(([id]) => ids.includes(id))),
      ...more,
    });
  async function queued(recipient = 'a@example.cn', more: object = {}): Promise<string> {
    const key = randomUUID();
    const [row]: { id: string }[] = await knex('mail')
      .insert({
        business_key: key,
        recipient,
        locale: 'zh-CN',
        template: 'urged',
        subject: '催办',
        html: '<p>催办</p>',
        text: '催办\n',
        message_id: `<${key}@xinzhi.example>`,
        ...more,
      })
      .returning('id');
    return row!.id;
  }
  const row = async (id: string): Promise<Row> => (await knex<Row & { id: string }>('mail').where({ id }).first())!;

  it('sends what is queued and keeps what the server answered', async () => {
    const box = await mailbox();
    const ids = [await queued(), await queued('b@example.cn')];
    const outcomes: string[] = [];
    const report = await deliveryTo(box.url, { onAttempt: (outcome) => outcomes.push(outcome) }).run(ids, job);
    expect(report).to.deep.equal({ sent: ids, failed: [], uncertain: [], waiting: [] });
    expect(outcomes).to.deep.equal(['accepted', 'accepted']);
    expect(box.received.map(({ to }) => to[0])).to.deep.equal(['a@example.cn', 'b@example.cn']);
    const mail = await row(ids[0]!);
    expect(mail).to.include({ status: 'sent', attempts: 1, server_reply: '250 taken', last_error: null });
    expect(mail.sent_at).to.be.instanceOf(Date);
  });

  it('the same delivery again, and two at once, send nothing twice', async () => {
    const box = await mailbox();
    const ids = [await queued(), await queued(), await queued()];
    const delivery = deliveryTo(box.url);
    await Promise.all(['one', 'two', 'three'].map((name) => delivery.run(ids, { name, attempt: 1 })));
    await delivery.run(ids, { name: 'four', attempt: 1 });
    await delivery.run(ids, { name: 'one', attempt: 2 });
    expect(box.received).to.have.length(3);
  });

  it('a mail refused for good is failed with the words of the server, and not tried again', async () => {
    const box = await mailbox({ onRcptTo: (_address, _session, done) => done(refusal(550, '5.1.1 No such mailbox')) });
    const id = await queued();
    const delivery = deliveryTo(box.url);
    expect(await delivery.run([id], job)).to.deep.equal({ sent: [], failed: [id], uncertain: [], waiting: [] });
    expect(await delivery.run([id], { ...job, attempt: 2 })).to.deep.equal({ sent: [], failed: [], uncertain: [], waiting: [] });
    expect(await row(id)).to.include({ status: 'failed', attempts: 1, last_error: '550 5.1.1 No such mailbox' });
  });

  it('one busy mailbox does not hold up the others, and is tried again', async () => {
    let busy = true;
    const box = await mailbox({
      onRcptTo: ({ address }, _session, done) => (busy && address.startsWith('busy') ? done(refusal(451, '4.3.2 Greylisted')) : done()),
    });
    const ids = [await queued('busy@example.cn'), await queued('free@example.cn')];
    const delivery = deliveryTo(box.url);
    expect(await delivery.run(ids, job)).to.deep.equal({ sent: [ids[1]], failed: [], uncertain: [], waiting: [ids[0]] });
    expect(await row(ids[0]!)).to.include({ status: 'queued', attempts: 1, last_error: '451 4.3.2 Greylisted' });
    busy = false;
    expect((await delivery.run(ids, { ...job, attempt: 2 })).sent).to.deep.equal([ids[0]]);
    expect(await row(ids[0]!)).to.include({ status: 'sent', attempts: 2, last_error: null });
    expect(box.received).to.have.length(2);
  });

  it('with the server away one try is enough, everything waits, and goes once it is back', async () => {
    const { url, port } = await deadUrl();
    const ids = [await queued(), await queued()];
    const delivery = deliveryTo(url);
    expect(await delivery.run(ids, job)).to.deep.equal({ sent: [], failed: [], uncertain: [], waiting: ids });
    expect(await row(ids[0]!)).to.include({ status: 'queued', attempts: 1 });
    expect(await row(ids[1]!)).to.include({ status: 'queued', attempts: 0 });
    const box = await mailbox({}, port);
    expect((await delivery.run(ids, { ...job, attempt: 2 })).sent).to.deep.equal(ids);
    expect(box.received).to.have.length(2);
  });

  it('a connection lost after the text is uncertain, and never sent again by itself', async () => {
    const server = await startCutOff('end');
    open.push(server);
    const id = await queued();
    const delivery = deliveryTo(server.url);
    expect((await delivery.run([id], job)).uncertain).to.deep.equal([id]);
    expect(await row(id)).to.include({ status: 'uncertain', attempts: 1 });
    await delivery.run([id], { ...job, attempt: 2 });
    await delivery.run([id], { name: 'resumed', attempt: 1 });
    expect(server.state.texts).to.equal(1);
  });

  it('what an attempt that died left behind is uncertain if the server was receiving, else it is sent', async () => {
    const box = await mailbox();
    const claim = { status: 'sending', claimed_by: job.name, claim_attempt: 1, claimed_at: new Date(), attempts: 1 };
    const untouched = await queued('a@example.cn', claim);
    const handed = await queued('b@example.cn', { ...claim, handed_at: new Date() });
    const report = await deliveryTo(box.url).run([untouched, handed], { ...job, attempt: 2 });
    expect(report).to.deep.equal({ sent: [untouched], failed: [], uncertain: [handed], waiting: [] });
    expect(await row(handed)).to.include({ status: 'uncertain', last_error: 'workerDied' });
    expect(box.received.map(({ to }) => to[0])).to.deep.equal(['a@example.cn']);
  });

  it('a mail that another job is sending is waited for, and taken over when that job is long silent', async () => {
    const box = await mailbox();
    const id = await queued('a@example.cn', { status: 'sending', claimed_by: 'another', claim_attempt: 1, claimed_at: new Date() });
    expect((await deliveryTo(box.url).run([id], job)).waiting).to.deep.equal([id]);
    await wait(20);
    expect((await deliveryTo(box.url, { staleClaimMs: 10 }).run([id], job)).sent).to.deep.equal([id]);
  });

  describe('an attempt that was thought dead and is not', () => {
    /** A transport that stops at the two points where a process can be frozen. */
    function freezing(point: 'beforeText' | 'afterText'): { transport: MailTransport; reached: Promise<void>; go: () => void } {
      let go = (): void => undefined;
      const frozen = new Promise<void>((resolve) => (go = resolve));
      let arrive = (): void => undefined;
      const reached = new Promise<void>((resolve) => (arrive = resolve));
      const pause = async (): Promise<void> => {
        arrive();
        await frozen;
      };
      const transport: MailTransport = {
        async send(_mail: OutgoingMail, beforeText): Promise<Attempt> {
          if (point === 'beforeText') await pause();
          try {
            await beforeText();
          } catch (error) {
            return { outcome: 'later', error: String(error), away: false };
          }
          if (point === 'afterText') await pause();
          return { outcome: 'accepted', reply: '250 by the frozen one' };
        },
      };
      return { transport, reached, go };
    }

    it('may not begin the text any more once its mail was taken over', async () => {
      const box = await mailbox();
      const id = await queued();
      const { transport, reached, go } = freezing('beforeText');
      const first = deliveryTo('smtp://unused', { transport }).run([id], job);
      await reached;
      expect((await deliveryTo(box.url).run([id], { ...job, attempt: 2 })).sent).to.deep.equal([id]);
      go();
      expect((await first).sent).to.deep.equal([]);
      expect(await row(id)).to.include({ status: 'sent', server_reply: '250 taken' });
    });

    it('says what it knows: the mail that was uncertain is sent', async () => {
      const box = await mailbox();
      const id = await queued();
      const { transport, reached, go } = freezing('afterText');
      const first = deliveryTo('smtp://unused', { transport }).run([id], job);
      await reached;
      expect((await deliveryTo(box.url).run([id], { ...job, attempt: 2 })).uncertain).to.deep.equal([id]);
      go();
      await first;
      expect(await row(id)).to.include({ status: 'sent', server_reply: '250 by the frozen one' });
      expect(box.received).to.have.length(0);
    });
  });

  it('a mail sent while the database loses its connections is marked as sent all the same', async () => {
    const id = await queued();
    const killer = await createTestDatabase();
    open.push({ close: () => killer.drop() });
    const name = new URL(database.url).pathname.slice(1);
    const box = await mailbox({
      onData: (stream, _session, done) => {
        stream.resume();
        stream.on('end', () => {
          void asSuperuser(killer.knex, (superuser) => superuser
            .raw('select pg_terminate_backend(pid) from pg_stat_activity where datname = ?', [name]))
            .then(() => done(null, 'taken'));
        });
      },
    });
    expect((await deliveryTo(box.url).run([id], job)).sent).to.deep.equal([id]);
    expect(await row(id)).to.include({ status: 'sent' });
  });

  it("a reporter's address is unsealed for the moment of sending; after his erasure nothing is sent", async () => {
    const box = await mailbox();
    const reporter = randomUUID();
    contacts.set(reporter, 'citizen@example.com');
    const first = await queued('c***@example.com', { reporter_id: reporter });
    const second = await queued('c***@example.com', { reporter_id: reporter });
    expect((await deliveryTo(box.url).run([first], job)).sent).to.deep.equal([first]);
    contacts.delete(reporter);
    expect((await deliveryTo(box.url).run([second], job)).failed).to.deep.equal([second]);
    expect(box.received.map(({ to }) => to[0])).to.deep.equal(['citizen@example.com']);
    expect(await row(second)).to.include({ status: 'failed', last_error: 'noAddress' });
  });

  it('a run that is told to stop leaves the rest waiting', async () => {
    const box = await mailbox();
    const ids = [await queued(), await queued()];
    let calls = 0;
    const report = await deliveryTo(box.url).run(ids, job, () => (calls += 1) === 1);
    expect(report).to.deep.equal({ sent: [ids[0]], failed: [], uncertain: [], waiting: [ids[1]] });
  });
});
