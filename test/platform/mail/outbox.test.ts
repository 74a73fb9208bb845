import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import type { Knex } from 'knex';
import { createOutbox, pendingMails, requeueMails } from '../../../src/platform/mail/outbox.ts';
import type { Letter, MailTo } from '../../../src/platform/mail/types.ts';
import { createTestDatabase, type TestDatabase } from '../../support/stack.ts';
import { addPerson, addUnits } from './people.ts';
import { testCompose } from './support.ts';

interface Row {
  id: string;
  business_key: string;
  recipient: string;
  locale: string;
  subject: string;
  text: string;
  status: string;
  last_error: string | null;
  message_id: string;
  thread_id: string;
  person_id: string | null;
  unit_id: string | null;
  reporter_id: string | null;
  request_id: string | null;
}

const caseId = randomUUID();
const reporter = randomUUID();
const silent = randomUUID();
let keys = 0;

function letter(to: MailTo, more: Partial<Letter> = {}): Letter {
  keys += 1;
  const params = { caseNo: 'XZ-2026-000123', title: '某食品公司', taskId: 't1', stage: 'verify', unit: 'scjg', deadline: null };
  return { key: `k${keys}`, caseId, eventSeq: keys, template: 'reminder', to, params, ...more } as Letter;
}

describe('the outbox', () => {
  let database: TestDatabase;
  let knex: Knex;
  let wang: string;
  let john: string;
  let gone: string;
  let head: string;

  const outbox = createOutbox({
    compose: testCompose(),
    domain: 'xinzhi.example',
    unsealReporters: async (_db, ids) =>
      new Map([[reporter, 'citizen@example.com']].filter((entry): entry is [string, string] => ids.includes(entry[0]!))),
  });
  const queue = (...letters: Letter[]): Promise<string[]> =>
    knex.transaction((trx) => outbox.queueMails(trx, letters, { requestId: 'req-7' }));
  const rows = async (...ids: string[]): Promise<Row[]> => knex<Row>('mail').whereIn('id', ids).orderBy('recipient');
  const all = async (key: string): Promise<Row[]> => knex<Row>('mail').where('business_key', 'like', `${key}%`).orderBy('recipient');

  before(async () => {
    database = await createTestDatabase();
    ({ knex } = database);
    await addUnits(knex);
    wang = await addPerson(knex, { username: 'wang', name: '王芳', roles: [['scjg', 'handler']] });
    john = await addPerson(knex, { username: 'john', name: '约翰', nameEn: 'John', locale: 'en', roles: [['scjg', 'handler']] });
    gone = await addPerson(knex, { username: 'gone', name: '赵离', active: false, roles: [['hbj', 'handler'], ['scjg', 'handler']] });
    head = await addPerson(knex, { username: 'head', name: '钱主任', roles: [['xyb', 'creditOfficeHead']] });
  });
  after(() => database.drop());

  it('a letter to a person is written in his language, with the ids of its thread', async () => {
    const one = letter({ person: john });
    const [mail] = await rows(...(await queue(one)));
    expect(mail).to.include({ recipient: 'john@example.cn', locale: 'en', status: 'queued', person_id: john, unit_id: null, request_id: 'req-7' });
    expect(mail?.text).to.contain('Dear John,').and.to.contain('Market Supervision Bureau');
    expect(mail?.thread_id).to.equal(`<case-${caseId}@xinzhi.example>`);
    expect(mail?.message_id).to.match(new RegExp(`^<${caseId}\\.${one.eventSeq}\\.[0-9a-f]{24}@xinzhi\\.example>$`));
  });

  it('a letter to a unit goes to its mailbox, in Chinese', async () => {
    const [mail] = await rows(...(await queue(letter({ unit: 'scjg' }))));
    expect(mail).to.include({ recipient: 'scjg@example.cn', locale: 'zh-CN', person_id: null, unit_id: 'scjg' });
    expect(mail?.text).to.match(/^市市场监督管理局：\n/);
  });

  it('what is addressed to somebody who left goes to his unit, or to the unit that the letter names', async () => {
    const [own] = await rows(...(await queue(letter({ person: gone }))));
    expect(own).to.include({ recipient: 'scjg@example.cn', person_id: gone, unit_id: 'scjg' });
    const [named] = await rows(...(await queue(letter({ person: gone, unit: 'xyb' }))));
    expect(named).to.include({ recipient: 'xyb@example.cn', unit_id: 'xyb' });
    const [mute] = await rows(...(await queue(letter({ person: gone, unit: 'hbj' }))));
    expect(mute, 'hbj has no mailbox').to.include({ recipient: 'scjg@example.cn' });
  });

  it('a role is everybody who holds it; the head of the credit office is its head', async () => {
    const handlers = letter({ unit: 'scjg', role: 'handler' });
    expect((await rows(...(await queue(handlers)))).map(({ recipient }) => recipient)).to.deep.equal(['john@example.cn', 'wang@example.cn']);
    const [mail] = await rows(...(await queue(letter({ unit: 'xyb', role: 'head' }))));
    expect(mail).to.include({ recipient: 'head@example.cn', person_id: head });
  });

  it('a role that nobody holds, or only people who must not know, is the mailbox', async () => {
    const [nobody] = await rows(...(await queue(letter({ unit: 'xyb', role: 'supervisor' }))));
    expect(nobody).to.include({ recipient: 'xyb@example.cn', unit_id: 'xyb' });
    const [recused] = await rows(...(await queue(letter({ unit: 'xyb', role: 'head' }, { notTo: [head] }))));
    expect(recused).to.include({ recipient: 'xyb@example.cn' });
    const some = await rows(...(await queue(letter({ unit: 'scjg', role: 'handler' }, { notTo: [wang] }))));
    expect(some.map(({ recipient }) => recipient)).to.deep.equal(['john@example.cn']);
  });

  it('one who acts gets no mail about his own act', async () => {
    expect(await queue(letter({ person: wang }, { exceptPerson: wang }))).to.deep.equal([]);
    const others = await rows(...(await queue(letter({ unit: 'scjg', role: 'handler' }, { exceptPerson: wang }))));
    expect(others.map(({ recipient }) => recipient)).to.deep.equal(['john@example.cn']);
  });

  it('the same key is one mail, however often and however many at once it is asked for', async () => {
    const one = letter({ person: wang });
    const answers = await Promise.all([queue(one), queue(one), queue(one, one)]);
    expect(answers.flat()).to.have.length(1);
    expect(await queue(one)).to.deep.equal([]);
    expect(await all(one.key)).to.have.length(1);
  });

  it('two letters about one event that end in the same mailbox are one', async () => {
    const first = letter({ unit: 'scjg' });
    const second = letter({ person: gone }, { eventSeq: first.eventSeq });
    const other = letter({ unit: 'scjg' });
    expect(await queue(first, second, other)).to.have.length(2);
  });

  it('a letter that nobody can get is kept as failed', async () => {
    const one = letter({ unit: 'hbj' });
    expect(await queue(one)).to.deep.equal([]);
    expect((await all(one.key))[0]).to.include({ recipient: '', status: 'failed', last_error: 'noAddress', unit_id: 'hbj' });
    const two = letter({ person: randomUUID() });
    expect(await queue(two)).to.deep.equal([]);
    expect((await all(two.key))[0]).to.include({ status: 'failed', last_error: 'noAddress' });
  });

  it("a reporter's address is not in the outbox, and one who left none gets no mail", async () => {
    const [mail] = await rows(...(await queue(letter({ reporter }))));
    expect(mail).to.include({ recipient: 'c***@example.com', reporter_id: reporter, status: 'queued' });
    expect(mail?.text).to.match(/^您好：\n/);
    const mute = letter({ reporter: silent });
    expect(await queue(mute)).to.deep.equal([]);
    expect(await all(mute.key)).to.have.length(0);
  });

  it('a transaction that is rolled back queues nothing', async () => {
    const one = letter({ person: wang });
    await knex
      .transaction(async (trx) => {
        await outbox.queueMails(trx, [one], { requestId: null });
        throw new Error('undo');
      })
      .catch((error: Error) => expect(error.message).to.equal('undo'));
    expect(await all(one.key)).to.have.length(0);
  });

  it('takes two statements for a whole batch, both inside the transaction', async () => {
    const seen: string[] = [];
    await knex.transaction(async (trx) => {
      const connection = (await (trx.client as { acquireConnection(): Promise<{ query: (query: string | { text: string }) => unknown }> }).acquireConnection());
      const { query } = connection;
      connection.query = function (this: unknown, ...args: [string | { text: string }]) {
        seen.push(typeof args[0] === 'string' ? args[0] : args[0].text);
        return query.apply(this, args);
      };
      await outbox.queueMails(
        trx,
        [letter({ person: wang }), letter({ person: john }), letter({ unit: 'xyb' }), letter({ unit: 'scjg', role: 'handler' })],
        { requestId: null },
      );
      connection.query = query;
    });
    expect(seen).to.have.length(2);
    expect(seen[1]).to.match(/^insert into "mail"/);
  });

  it('pending are the queued and those on their way, oldest first', async () => {
    const of = randomUUID();
    const ids: string[] = [];
    for (let i = 0; i < 5; i += 1) ids.push(...(await queue(letter({ person: wang }, { caseId: of }))));
    const [queued, sending, sent, failed, uncertain] = ids;
    for (const [id, status] of [[sending, 'sending'], [sent, 'sent'], [failed, 'failed'], [uncertain, 'uncertain']]) {
      await knex('mail').where({ id }).update({ status });
    }
    expect(await pendingMails(knex, of)).to.deep.equal([queued, sending]);
  });

  describe('sent again by an administrator', () => {
    const stale = 60_000;
    const withStatus = async (status: string, more: object = {}): Promise<string> => {
      const [id] = await queue(letter({ person: wang }));
      await knex('mail').where({ id }).update({ status, last_error: '550 no', claimed_by: 'job', claim_attempt: 1, ...more });
      return id!;
    };

    it('failed and uncertain mails wait again; sent ones and those on their way do not', async () => {
      const failed = await withStatus('failed');
      const uncertain = await withStatus('uncertain', { handed_at: new Date() });
      const sent = await withStatus('sent');
      const sending = await withStatus('sending', { claimed_at: new Date() });
      const dead = await withStatus('sending', { claimed_at: new Date(Date.now() - 120_000), handed_at: new Date() });
      const again = await requeueMails(knex, [failed, uncertain, sent, sending, dead], stale);
      expect(again).to.have.members([failed, uncertain, dead]);
      for (const row of await rows(...again)) expect(row).to.include({ status: 'queued', handed_at: null, claimed_by: null });
    });

    it('they go to the address as it is now, with the wording as it was', async () => {
      const other = await addPerson(knex, { username: 'sun', name: '孙丽', mail: 'wrong@example.cn', roles: [['scjg', 'handler']] });
      const [id] = await queue(letter({ person: other }));
      await knex('mail').where({ id }).update({ status: 'failed' });
      await knex('person').where({ id: other }).update({ mail: 'right@example.cn' });
      const [before] = await rows(id!);
      await requeueMails(knex, [id!], stale);
      const [mail] = await rows(id!);
      expect(mail).to.include({ recipient: 'right@example.cn', text: before!.text, message_id: before!.message_id });
    });

    it('one without any address stays failed until there is one', async () => {
      const lost = letter({ unit: 'hbj' });
      await queue(lost);
      const { id } = (await all(lost.key))[0]!;
      expect(await requeueMails(knex, [id], stale)).to.deep.equal([]);
      await knex('unit').where({ id: 'hbj' }).update({ mailbox: 'hbj@example.cn' });
      expect(await requeueMails(knex, [id], stale)).to.deep.equal([id]);
      expect((await rows(id))[0]).to.include({ recipient: 'hbj@example.cn', status: 'queued' });
    });

    it("a reporter's mail keeps its seal", async () => {
      const [id] = await queue(letter({ reporter }));
      await knex('mail').where({ id }).update({ status: 'failed' });
      expect(await requeueMails(knex, [id!], stale)).to.deep.equal([id]);
      expect((await rows(id!))[0]).to.include({ recipient: 'c***@example.com' });
    });
  });
});
