import { createSecretKey, randomUUID } from 'node:crypto';
import { expect } from 'chai';
import fc from 'fast-check';
import { decrypt, encrypt, NotGenuine, type SealCipher } from '../../src/platform/cipher.ts';
import { createSeal } from '../../src/platform/seal.ts';
import { createTestDatabase, type TestDatabase } from '../support/stack.ts';
import { failure } from '../support/failure.ts';

const key = (fill: number) => Buffer.alloc(32, fill);
const ciphers: readonly SealCipher[] = ['aes-256-gcm', 'sm4'];
/** The two samples of GB 11643. */
const zhang = { name: '张三', idNumber: '11010519491231002X' };
const li = { name: '李四', idNumber: '440524188001010014' };

describe('the ciphers of personal data', () => {
  for (const cipher of ciphers) {
    it(`${cipher}: opens what it sealed, any text in any place`, () => {
      fc.assert(fc.property(fc.uint8Array(), fc.string(), (bytes, place) => {
        const plain = Buffer.from(bytes);
        return decrypt(key(1), place, encrypt(cipher, key(1), place, plain)).equals(plain);
      }), { numRuns: 50 });
    });

    it(`${cipher}: refuses another key, another place and any changed bit`, () => {
      const sealed = encrypt(cipher, key(1), 'subject:1', Buffer.from('张三'));
      expect(() => decrypt(key(2), 'subject:1', sealed)).to.throw(NotGenuine);
      expect(() => decrypt(key(1), 'subject:2', sealed)).to.throw(NotGenuine);
      for (let at = 0; at < sealed.length; at += 1) {
        const changed = Buffer.from(sealed);
        changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
        expect(() => decrypt(key(1), 'subject:1', changed), `byte ${at}`).to.throw(NotGenuine);
      }
      for (const cut of [0, 1, 20, sealed.length - 1]) {
        expect(() => decrypt(key(1), 'subject:1', sealed.subarray(0, cut)), `${cut} bytes`).to.throw(NotGenuine);
      }
    });

    it(`${cipher}: seals the same text differently each time`, () => {
      const once = encrypt(cipher, key(1), 'a', Buffer.from('张三'));
      expect(once.equals(encrypt(cipher, key(1), 'a', Buffer.from('张三')))).to.equal(false);
    });
  }

  it('a text sealed under one setting opens after the setting was changed', () => {
    const sealed = ciphers.map((cipher) => encrypt(cipher, key(1), 'a', Buffer.from(cipher)));
    expect(sealed.map((text) => decrypt(key(1), 'a', text).toString())).to.deep.equal([...ciphers]);
  });
});

describe('sealed identities', () => {
  let database: TestDatabase;
  before(async () => {
    database = await createTestDatabase();
  });
  after(() => database.drop());

  for (const cipher of ciphers) {
    describe(cipher, () => {
      const seal = createSeal({ key: createSecretKey(key(7)), cipher, hash: cipher === 'sm4' ? 'sm3' : 'sha256' });

      it('the same person is found again by the number, whatever name was typed', async () => {
        const id = await seal.subject(database.knex, zhang);
        expect(await seal.subject(database.knex, { ...zhang, name: '张叁' })).to.equal(id);
        expect(await seal.find(database.knex, zhang.idNumber)).to.equal(id);
        expect(await seal.find(database.knex, li.idNumber)).to.equal(null);
        expect((await seal.openSubjects(database.knex, [id])).get(id)).to.deep.equal(zhang);
      });

      it('two who report the same person at once get one identity', async () => {
        const ids = await Promise.all(Array.from({ length: 8 }, () => seal.subject(database.knex, li)));
        expect(new Set(ids).size).to.equal(1);
      });

      it('nothing readable stands in the table', async () => {
        const id = await seal.subject(database.knex, zhang);
        const row = await database.knex('sealed_identity').where({ id }).first();
        const bytes = Buffer.concat([row.digest, row.wrapped_key, row.sealed]).toString('latin1');
        expect(bytes).to.not.include(Buffer.from('张三').toString('latin1'));
        expect(bytes).to.not.include('11010519491231002X');
      });

      it('with another installation key nothing opens and nobody is found', async () => {
        const id = await seal.subject(database.knex, zhang);
        const stranger = createSeal({ key: createSecretKey(key(8)), cipher, hash: 'sha256' });
        expect(await stranger.find(database.knex, zhang.idNumber)).to.equal(null);
        expect(await failure(stranger.openSubjects(database.knex, [id]))).to.be.instanceOf(NotGenuine);
      });

      it('who was erased cannot be read, found or erased again; reported anew he is somebody else', async () => {
        const id = await seal.subject(database.knex, zhang);
        const backup = await database.knex('sealed_identity').where({ id }).first();
        expect(await seal.erase(database.knex, id)).to.equal(true);
        expect((await seal.openSubjects(database.knex, [id])).size).to.equal(0);
        expect(await seal.find(database.knex, zhang.idNumber)).to.equal(null);
        expect(await seal.erase(database.knex, id)).to.equal(false);
        const row = await database.knex('sealed_identity').where({ id }).first();
        expect(row).to.include({ wrapped_key: null, digest: null });
        expect(row.sealed.length).to.be.lessThan(backup.sealed.length);
        expect(await seal.subject(database.knex, zhang)).to.not.equal(id);
      });

      it("a reporter's address comes out for the mail alone, and is gone when he was erased", async () => {
        const caseId = randomUUID();
        const id = await seal.reporter(database.knex, caseId, { name: null, mail: 'zhao@example.cn' });
        expect([...(await seal.unsealReporters(database.knex, [id, randomUUID()]))]).to.deep.equal([[id, 'zhao@example.cn']]);
        expect((await seal.openSubjects(database.knex, [id])).size).to.equal(0);
        await seal.erase(database.knex, id);
        expect((await seal.unsealReporters(database.knex, [id])).size).to.equal(0);
      });

      it('a reporter who corrects his address before the case is recorded has one', async () => {
        const caseId = randomUUID();
        await seal.reporter(database.knex, caseId, { name: null, mail: 'zhao@exmaple.cn' });
        const id = await seal.reporter(database.knex, caseId, { name: '赵六', mail: 'zhao@example.cn' });
        expect((await seal.unsealReporters(database.knex, [id])).get(id)).to.equal('zhao@example.cn');
        await seal.forgetReporter(database.knex, caseId);
        expect((await seal.unsealReporters(database.knex, [id])).size).to.equal(0);
      });
    });
  }
});
