import { randomUUID } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { expect } from 'chai';
import type { Knex } from 'knex';
import { MIGRATIONS_FOLDER } from '../../../src/platform/database.ts';
import { changeRecords, storeRecords } from '../../../src/platform/records/append.ts';
import { verifyRecord } from '../../../src/platform/records/verify.ts';
import { fine, insertFirm, recordLaw } from '../../support/record-law.ts';
import { asOwner, createTestDatabase, testConfig } from '../../support/stack.ts';

interface Migration {
  up(knex: Knex): Promise<void>;
  down(knex: Knex): Promise<void>;
}

/** The migration that brought the new shape, and all that came after it and may stand on it. */
async function migrationsFrom(first: string): Promise<Migration[]> {
  const files = (await readdir(MIGRATIONS_FOLDER)).filter((file) => file.endsWith('.ts') && file >= first).toSorted();
  return Promise.all(files.map(async (file) => (await import(new URL(file, MIGRATIONS_FOLDER).href)) as Migration));
}

describe('marks and holds as they were kept before', () => {
  it('are brought to their new shape where a record has any, and the files prove themselves afterwards', async () => {
    const { knex, drop } = await createTestDatabase();
    try {
      const { hash, secrets } = testConfig();
      const writing = { law: recordLaw(), chain: { hash, key: secrets.chain }, at: '2026-06-01T02:00:00.000Z', actor: null, requestId: null };
      const subject = await insertFirm(knex);
      const [plain, held] = [randomUUID(), randomUUID()];
      await knex.transaction(async (trx) => {
        await storeRecords(trx, [plain, held].map((id, n) => ({ id, source: 'form' as const, facts: fine(subject, { documentNo: `宿市监处罚〔2026〕${n}号` }) })), writing);
        await changeRecords(trx, {
          ...writing, key: 'held', changes: [
            { record: held, draft: { type: 'record.marked', mark: 'lawsuit', because: '（2026）苏13行初15号' } },
            { record: held, draft: { type: 'record.held', hold: 'stay', because: 'proposal', reason: '裁定停止执行' } },
          ],
        });
      });
      const stateOf = async (id: string) => (await knex('record').where({ id }).first<{ state: { marks: object; holds: object } }>('state')).state;
      const migrations = await migrationsFrom('0014');
      await asOwner(knex, async (owner) => { for (const { down } of migrations.toReversed()) await down(owner); });
      expect(await stateOf(held)).to.deep.include({ marks: { lawsuit: '（2026）苏13行初15号' }, holds: { stay: 'proposal' } });
      await asOwner(knex, async (owner) => { for (const { up } of migrations) await up(owner); });
      expect(await stateOf(held)).to.deep.include({ marks: { lawsuit: ['（2026）苏13行初15号'] }, holds: { stay: ['proposal'] } });
      for (const id of [plain, held]) expect(await verifyRecord(knex, writing.chain, id)).to.deep.equal([]);
    } finally {
      await drop();
    }
  });
});
