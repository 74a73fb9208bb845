import { execFile } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { fromBufferPromise } from 'yauzl';
import { ZipFile } from 'yazl';
import { takeAnchor, type Anchor } from '../../../src/platform/anchor/take.ts';
import { checkDossier } from '../../../src/platform/dossier/check.ts';
import { createFolderStorage } from '../../../src/platform/storage.ts';
import { openBureau, plain, type Bureau } from '../incidents/bureau.ts';

type Parts = Map<string, Buffer>;
const run = promisify(execFile);

async function unpacked(archive: Buffer): Promise<Parts> {
  const zip = await fromBufferPromise(archive, { lazyEntries: true });
  const parts: Parts = new Map();
  for await (const entry of zip.eachEntry()) parts.set(entry.fileName, await buffer(await zip.openReadStreamPromise(entry)));
  return parts;
}

describe('a case file that is handed out (卷宗)', () => {
  const content = '现场检查笔录：冷库内有过期原料。';
  let bureau: Bureau;
  let folder: string;
  let caseNo: string;
  let anchor: Anchor;

  const exported = async (number = caseNo, username = 'xyb.handler'): Promise<Buffer> => {
    const clerk = await bureau.clerk(username);
    const answer = await clerk.get(`/incidents/${number}/dossier.zip`).responseType('blob').expect(200).expect('Content-Type', 'application/zip');
    return answer.body as Buffer;
  };

  /** What the check says of the archive after somebody changed a part of it; a part that becomes null is taken out. */
  async function faultsOf(parts: Parts, changes: Record<string, Buffer | string | null> = {}, root: string | null = anchor.root.toString('hex')): Promise<string[]> {
    const zip = new ZipFile();
    const changed = new Map<string, Buffer | string | null>([...parts, ...Object.entries(changes)]);
    for (const [name, part] of changed) if (part !== null) zip.addBuffer(Buffer.from(part), name);
    zip.end();
    const path = join(folder, 'changed.zip');
    await pipeline(zip.outputStream, createWriteStream(path));
    return (await checkDossier(path, root)).faults.map(({ key }) => key);
  }

  before(async () => {
    bureau = await openBureau();
    folder = await mkdtemp(join(tmpdir(), 'dossier-'));
    const storage = createFolderStorage(`${bureau.dataFolder}/files`);
    const { hash } = await storage.put(Readable.from([Buffer.from(content)]));
    await storage.keep(hash);
    for (const title of ['先登记的一起', '后登记的一起']) await bureau.file({ title });
    caseNo = await bureau.file({ title: '冷库存放过期原料', files: [{ hash, name: '检查 笔录.txt', mime: 'text/plain', bytes: Buffer.byteLength(content) }] });
    for (const title of ['同日登记的一起', '又一起']) await bureau.file({ title });
    anchor = (await takeAnchor(bureau.knex, 'sha256', '2026-11-28'))!;
  });
  after(async () => {
    await bureau.close();
    await rm(folder, { recursive: true });
  });

  it('is read without the system: what was done, its files, and how it is proved', async () => {
    const parts = await unpacked(await exported());
    expect([...parts.keys()]).to.have.members(['index.html', 'events.jsonl', 'proof.json', 'files/01 检查 笔录.txt']);
    const html = parts.get('index.html')!.toString('utf8');
    expect(plain(html)).to.include('冷库存放过期原料').and.include(caseNo).and.include('检查 笔录.txt').and.include(anchor.root.toString('hex'));
    expect(html).to.include('href="files/01%20%E6%A3%80%E6%9F%A5%20%E7%AC%94%E5%BD%95.txt"').and.not.match(/<script|src=/u);
    expect(parts.get('files/01 检查 笔录.txt')!.toString('utf8')).to.equal(content);
  });

  it('proves itself offline with the root of the day', async () => {
    const path = join(folder, 'whole.zip');
    await writeFile(path, await exported());
    const { proof, faults } = await checkDossier(path, anchor.root.toString('hex'));
    expect(faults).to.deep.equal([]);
    expect(proof).to.deep.include({ events: 1, since: 0 });
    expect((await checkDossier(path, null)).faults, 'and with itself alone').to.deep.equal([]);
  });

  it('no longer proves itself once a word, an event, a file or the root is another', async () => {
    const parts = await unpacked(await exported());
    const events = parts.get('events.jsonl')!.toString('utf8');
    expect(await faultsOf(parts), 'packed again unchanged').to.deep.equal([]);
    expect(await faultsOf(parts, { 'events.jsonl': events.replace('过期原料', '临期原料') })).to.deep.equal(['digest', 'way', 'otherRoot']);
    expect(await faultsOf(parts, { 'events.jsonl': '' })).to.include('events').and.include('digest');
    expect(await faultsOf(parts, { 'events-since.jsonl': events })).to.deep.equal(['surplus']);
    expect(await faultsOf(parts, { 'files/01 检查 笔录.txt': '现场检查笔录：没有问题。' })).to.deep.equal(['file']);
    expect(await faultsOf(parts, { 'files/01 检查 笔录.txt': null })).to.deep.equal(['part']);
    expect(await faultsOf(parts, { 'files/02 后补.pdf': '%PDF' })).to.deep.equal(['surplus']);
    expect(await faultsOf(parts, {}, 'ab'.repeat(32))).to.deep.equal(['otherRoot']);
    expect(await faultsOf(parts, { 'proof.json': parts.get('proof.json')!.toString('utf8').replace(anchor.root.toString('hex'), 'cd'.repeat(32)) })).to.deep.equal(['way']);
    expect(await faultsOf(parts, { 'proof.json': '{}' })).to.deep.equal(['noProof']);
  });

  it('is proved by a command where there is neither database nor key', async function byCommand() {
    this.timeout(60_000);
    const path = join(folder, 'handed-out.zip');
    await writeFile(path, await exported());
    const check = (root: string): ReturnType<typeof run> => run(process.execPath, ['--import', 'tsx', 'src/main.ts', 'dossier', path, '--root', root], { env: { PATH: process.env['PATH'], DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' } });
    const [sound, other] = await Promise.all([check(anchor.root.toString('hex')), check('ab'.repeat(32)).catch((error: unknown) => error as { code: number; stderr: string })]);
    expect(sound.stdout).to.include(caseNo).and.include('卷宗与 2026-11-28 的存证根相符');
    expect(other).to.include({ code: 1 });
    expect(other.stderr).to.include('卷宗不能到达给出的存证根');
  });

  it('says what no root covers yet', async () => {
    const late = await bureau.file({ title: '存证之后登记的一起' });
    const parts = await unpacked(await exported(late));
    expect(plain(parts.get('index.html')!.toString('utf8'))).to.include('次日再导出');
    expect(await faultsOf(parts, {}, null)).to.deep.equal(['notAnchored']);
  });

  it('leads to a later root as well, when others have followed', async () => {
    const later = (await takeAnchor(bureau.knex, 'sha256', '2026-11-29'))!;
    expect(await faultsOf(await unpacked(await exported()), {}, later.root.toString('hex'))).to.deep.equal([]);
  });

  it('is not for those who have no part in the case', async () => {
    await (await bureau.clerk('scjg.handler')).get(`/incidents/${caseNo}/dossier.zip`).expect(404);
    await (await bureau.clerk('audit')).get(`/incidents/${caseNo}/dossier.zip`).expect(403);
    await bureau.agent().get(`/incidents/${caseNo}/dossier.zip`).expect(303);
  });
});
