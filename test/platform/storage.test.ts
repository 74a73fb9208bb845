import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer, text } from 'node:stream/consumers';
import { expect } from 'chai';
import { createFolderStorage, NotStored, SpoiltContent } from '../../src/platform/storage.ts';
import { failure } from '../support/failure.ts';

const dayMs = 86_400_000;
/** SHA-256 of 信治 in UTF-8, from the standard's own tool. */
const content = '信治';

describe('the storage of files', () => {
  let folder: string;
  let now = Date.UTC(2026, 8, 24);
  const storage = () => createFolderStorage(folder, () => now);

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'xinzhi-storage-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('names content by its SHA-256 and counts its bytes', async () => {
    const stored = await storage().put(Readable.from([Buffer.from('abc')]));
    expect(stored).to.deep.equal({ hash: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad', bytes: 3 });
  });

  it('gives back what was put, before and after it is kept', async () => {
    const files = storage();
    const { hash } = await files.put(Readable.from([Buffer.from(content)]));
    expect(await text((await files.open(hash)).content)).to.equal(content);
    await files.keep(hash);
    const { bytes, content: again } = await files.open(hash);
    expect(bytes).to.equal(6);
    expect(await text(again)).to.equal(content);
  });

  it('stores the same content once, however often it is put and kept', async () => {
    const files = storage();
    for (let n = 0; n < 3; n += 1) {
      const { hash } = await files.put(Readable.from([Buffer.from(content)]));
      await files.keep(hash);
    }
    expect((await readdir(join(folder, 'kept'), { recursive: true })).filter((name) => name.length > 60)).to.have.length(1);
  });

  it('streams many megabytes and an empty file alike', async () => {
    const files = storage();
    const large = Buffer.alloc(5 * 1024 ** 2, 'x');
    const { hash, bytes } = await files.put(Readable.from([large]));
    expect(bytes).to.equal(large.length);
    expect(large.equals(await buffer((await files.open(hash)).content))).to.equal(true);
    const empty = await files.put(Readable.from([]));
    expect(empty.bytes).to.equal(0);
    expect(await text((await files.open(empty.hash)).content)).to.equal('');
  });

  it('forgets what nobody kept after a day, and keeps the rest', async () => {
    const files = storage();
    const given = await files.put(Readable.from([Buffer.from('given up')]));
    const kept = await files.put(Readable.from([Buffer.from('kept')]));
    await files.keep(kept.hash);
    now += dayMs + 60_000;
    await files.put(Readable.from([Buffer.from('another')]));
    expect(await failure(files.open(given.hash))).to.be.instanceOf(NotStored);
    expect(await failure(files.keep(given.hash))).to.be.instanceOf(NotStored);
    expect(await text((await files.open(kept.hash)).content)).to.equal('kept');
  });

  it('waits another day for content that is put again', async () => {
    const files = storage();
    const { hash } = await files.put(Readable.from([Buffer.from(content)]));
    now += dayMs - 60_000;
    await files.put(Readable.from([Buffer.from(content)]));
    now += 120_000;
    await files.put(Readable.from([Buffer.from('another')]));
    expect(await text((await files.open(hash)).content)).to.equal(content);
  });

  it('does not hand out content that was changed on the disk', async () => {
    const files = storage();
    const { hash } = await files.put(Readable.from([Buffer.from(content)]));
    await files.keep(hash);
    await writeFile(join(folder, 'kept', hash.slice(0, 2), hash), 'forged');
    const read = await failure(text((await files.open(hash)).content));
    expect(read).to.be.instanceOf(SpoiltContent);
  });

  it('knows no content by a name that is not a hash', async () => {
    for (const name of ['', '../../../etc/passwd', 'ABC', 'g'.repeat(64)]) {
      expect(await failure(storage().open(name)), name).to.be.instanceOf(NotStored);
      expect(await failure(storage().keep(name)), name).to.be.instanceOf(NotStored);
    }
  });

  it('leaves nothing behind of a stream that breaks off', async () => {
    const broken = Readable.from((async function* () {
      yield Buffer.from('half');
      throw new Error('the line was cut');
    })());
    expect((await failure(storage().put(broken))).message).to.equal('the line was cut');
    expect(await readdir(join(folder, 'incoming'))).to.deep.equal([]);
    expect(await readdir(join(folder, 'waiting'))).to.deep.equal([]);
  });

  it('says that the storage is away when its folder cannot be written', async () => {
    await writeFile(join(folder, 'blocked'), '');
    const error = await failure(createFolderStorage(join(folder, 'blocked')).put(Readable.from([Buffer.from('x')])));
    expect(error).to.include({ name: 'Unavailable', part: 'storage', recorded: 'no' });
    expect(await readFile(join(folder, 'blocked'), 'utf8')).to.equal('');
  });
});
