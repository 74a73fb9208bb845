import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import type { Knex } from 'knex';
import pino from 'pino';
import { createDelivery } from '../../../src/platform/mail/delivery.ts';
import { createOutbox, requeueMails } from '../../../src/platform/mail/outbox.ts';
import { createMailTransport } from '../../../src/platform/mail/transport.ts';
import type { Letter } from '../../../src/platform/mail/types.ts';
import { createTestDatabase, type TestDatabase } from '../../support/stack.ts';
import { addPerson, addUnits } from './people.ts';
import { sender, startMailbox, testCompose, type Mailbox } from './support.ts';

describe('from the event to the mailbox', () => {
  const caseId = randomUUID();
  const unsealReporters = async (): Promise<Map<string, string>> => new Map();
  const outbox = createOutbox({ compose: testCompose(), domain: 'xinzhi.example', unsealReporters });
  const about = { caseNo: 'XZ-2026-000123', title: '某食品公司\r\nX-Evil: 1', taskId: 't1', stage: 'verify', unit: 'scjg' };
  const deadline = { at: '2026-10-12T09:30:00.000Z', provisional: false };
  const by = { name: '李强', unit: 'xyb' };
  let database: TestDatabase;
  let knex: Knex;
  let box: Mailbox;
  let person: string;

  before(async () => {
    database = await createTestDatabase();
    ({ knex } = database);
    await addUnits(knex);
    person = await addPerson(knex, { username: 'john', name: '约翰', nameEn: 'John', locale: 'en', roles: [['scjg', 'handler']] });
    box = await startMailbox();
  });
  after(async () => {
    await box.close();
    await database.drop();
  });

  const queue = (letters: Letter[]): Promise<string[]> => knex.transaction((trx) => outbox.queueMails(trx, letters, { requestId: 'req-9' }));
  const deliver = (ids: string[]) =>
    createDelivery({ knex, transport: createMailTransport({ url: box.url, sender }), logger: pino({ level: 'silent' }), unsealReporters }).run(ids, {
      name: randomUUID(),
      attempt: 1,
    });

  it('two letters about one case arrive as written, in one thread; sent again, one is still the same message', async () => {
    const ids = await queue([
      { key: 'a', caseId, eventSeq: 1, template: 'assigned', to: { unit: 'scjg' }, params: { ...about, deadline, by, note: null } },
      { key: 'b', caseId, eventSeq: 2, template: 'urged', to: { person }, params: { ...about, deadline, by, text: '请尽快' } },
    ]);
    await deliver(ids);
    const arrived = (to: string) => box.received.filter((mail) => mail.to[0] === to).map(({ parsed }) => parsed);
    const [toUnit] = arrived('scjg@example.cn');
    const [toPerson] = arrived('john@example.cn');
    expect(toUnit?.subject).to.equal('[XZ-2026-000123] 请核实：某食品公司 X-Evil: 1');
    expect(toPerson?.subject).to.equal('[XZ-2026-000123] Urged. Please verify: 某食品公司 X-Evil: 1');
    expect(toUnit?.headers.has('x-evil')).to.equal(false);
    expect(toPerson?.text).to.contain('Dear John,').and.to.contain('李强 (City Credit Office)');
    expect(toUnit?.text).to.contain('办理时限：2026年10月12日（周一）17:30前').and.to.contain('https://xinzhi.example/tasks/t1');
    expect(toUnit?.html).to.contain('href="https://xinzhi.example/tasks/t1"');
    expect(toUnit?.headers.get('x-request-id')).to.equal('req-9');

    const root = `<case-${caseId}@xinzhi.example>`;
    for (const mail of [toUnit, toPerson]) {
      expect(mail?.references).to.equal(root);
      expect(mail?.inReplyTo).to.equal(root);
      expect(mail?.messageId).to.match(/^<.+@xinzhi\.example>$/);
    }
    expect(toUnit?.messageId).to.not.equal(toPerson?.messageId);

    await knex('mail').where({ id: ids[0] }).update({ status: 'uncertain' });
    await deliver(await requeueMails(knex, [ids[0]!], 60_000));
    const [first, second] = arrived('scjg@example.cn');
    expect(second?.messageId).to.equal(first?.messageId);
    expect(second?.date).to.deep.equal(first?.date);
    expect(second?.text).to.equal(first?.text);
  });
});
