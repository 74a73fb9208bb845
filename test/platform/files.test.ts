import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import ExcelJS from 'exceljs';
import express, { type Request } from 'express';
import request from 'supertest';
import { checkType } from '../../src/platform/file-types.ts';
import { cleanName, contentDisposition, createFiles } from '../../src/platform/files.ts';
import type { Upload } from '../../src/platform/http/body.ts';
import { createFolderStorage } from '../../src/platform/storage.ts';
import { failure } from '../support/failure.ts';

const pdf = Buffer.from('%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF');
const png = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==', 'base64');
/** The first bytes of a program for Windows. */
const exe = Buffer.concat([Buffer.from('MZ'), Buffer.alloc(200), Buffer.from('PE\0\0')]);
/** 失信 in GB 18030. */
const gbText = Buffer.from([0xca, 0xa7, 0xd0, 0xc5]);

/** A zip archive of one empty entry. */
function archiveOf(name: string): Buffer {
  const local = Buffer.alloc(30);
  local.writeUInt32LE(0x04034b50);
  local.writeUInt16LE(name.length, 26);
  const central = Buffer.alloc(46);
  central.writeUInt32LE(0x02014b50);
  central.writeUInt16LE(name.length, 28);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50);
  end.writeUInt16LE(1, 8);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(46 + name.length, 12);
  end.writeUInt32LE(30 + name.length, 16);
  return Buffer.concat([local, Buffer.from(name), central, Buffer.from(name), end]);
}

/** Without a scanner nobody asks who sent a file. */
const nobody = { req: {} as Request };

describe('names of files', () => {
  const cases: [given: string, clean: string][] = [
    ['检验报告.pdf', '检验报告.pdf'],
    ['../../etc/passwd', 'passwd'],
    ['C:\\Users\\zhang\\报告.docx', '报告.docx'],
    ['a<b>:"c|d?*.pdf', 'a b c d.pdf'],
    ['fdp.\u202Efdp.exe', 'fdp. fdp.exe'],
    ['a\u0000b\nc.txt', 'a b c.txt'],
    ['...hidden', 'hidden'],
    ['  报告 .pdf  ', '报告.pdf'],
    ['.pdf', 'pdf'],
    ['', '_'],
    ['\u200B', '_'],
  ];
  for (const [given, clean] of cases) {
    it(`${JSON.stringify(given)} becomes ${JSON.stringify(clean)}`, () => expect(cleanName(given)).to.equal(clean));
  }

  it('a name of a thousand characters is shortened and keeps its ending', () => {
    const name = cleanName(`${'长'.repeat(1000)}.pdf`);
    expect([...name]).to.have.length(120);
    expect(name.endsWith('长.pdf')).to.equal(true);
  });

  it('stand in a header in UTF-8, and in ASCII for old programs, without breaking out of it', () => {
    expect(contentDisposition('attachment', '报告 "一".pdf'))
      .to.equal('attachment; filename="__ _____.pdf"; filename*=UTF-8\'\'%E6%8A%A5%E5%91%8A%20%22%E4%B8%80%22.pdf'.replace('__ _____', '__ ___'));
    expect(contentDisposition('inline', "a'(b)*%.png")).to.equal("inline; filename=\"a'(b)*_.png\"; filename*=UTF-8''a%27%28b%29%2A%25.png");
  });
});

describe('uploaded files', () => {
  let folder: string;
  const files = () => createFiles(createFolderStorage(join(folder, 'files')), 'a secret of the tests');

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'xinzhi-files-'));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  async function upload(name: string, content: Buffer): Promise<Upload> {
    const path = join(folder, `upload-${Math.random()}`);
    await writeFile(path, content);
    return { field: 'files', name, path, size: (await stat(path)).size, tooLarge: false };
  }

  it('a PDF is taken, stored by its hash and described', async () => {
    const { files: taken, faults } = await files().receive([await upload('../检验报告.PDF', pdf)], 20, nobody);
    expect(faults).to.deep.equal([]);
    expect(taken).to.have.length(1);
    expect(taken[0]).to.include({ name: '检验报告.PDF', mime: 'application/pdf', bytes: pdf.length });
    expect(taken[0]!.hash).to.match(/^[0-9a-f]{64}$/);
  });

  it('an exe named .pdf is refused, and the reader learns what it is', async () => {
    const { files: taken, faults } = await files().receive([await upload('通知.pdf', exe)], 20, nobody);
    expect(taken).to.deep.equal([]);
    expect(faults).to.deep.equal([{ key: 'disguised', params: { name: '通知.pdf', found: 'EXE' } }]);
  });

  it('kinds that can carry something that runs are not taken', async () => {
    for (const name of ['a.exe', 'a.html', 'a.svg', 'a.js', 'a.zip', 'a.docm', 'a', 'pdf', 'a.pdf.lnk']) {
      const { faults } = await files().receive([await upload(name, Buffer.from('<script>alert(1)</script>'))], 20, nobody);
      expect(faults.map(({ key }) => key), name).to.deep.equal(['notTaken']);
    }
  });

  it('an Office file with macros is refused, in the form of today and in the old one', async () => {
    const workbook = new ExcelJS.Workbook();
    workbook.addWorksheet('1').addRow(['金额']);
    const sheet = Buffer.from(await workbook.xlsx.writeBuffer());
    const compound = Buffer.concat([Buffer.from('d0cf11e0a1b11ae1', 'hex'), Buffer.alloc(1016)]);
    expect((await files().receive([await upload('a.xlsx', sheet), await upload('a.doc', compound)], 20, nobody)).faults).to.deep.equal([]);
    for (const [name, content] of [['b.xlsx', Buffer.concat([sheet, Buffer.from('xl/vbaProject.bin')])], ['b.doc', Buffer.concat([compound, Buffer.from('_VBA_PROJECT', 'utf16le')])]] as const) {
      const { files: taken, faults } = await files().receive([await upload(name, content)], 20, nobody);
      expect(taken).to.deep.equal([]);
      expect(faults).to.deep.equal([{ key: 'macros', params: { name } }]);
    }
  });

  it('a page of HTML named .pdf or .png is refused; named .txt it is text, and never shown in place', async () => {
    const html = Buffer.from('<!doctype html><script>alert(1)</script>');
    for (const name of ['a.pdf', 'a.png']) {
      expect((await files().receive([await upload(name, html)], 20, nobody)).faults.map(({ key }) => key), name).to.deep.equal(['disguised']);
    }
    const { files: [text] } = await files().receive([await upload('a.txt', html)], 20, nobody);
    expect(text?.mime).to.equal('text/plain');
  });

  it('a file over the rule is refused with its size and the limit; one that was cut on the way too', async () => {
    const large = await upload('large.pdf', Buffer.concat([pdf, Buffer.alloc(2 * 1024 ** 2)]));
    const cut: Upload = { field: 'files', name: 'film.mp4', path: null, size: 30 * 1024 ** 2, tooLarge: true };
    const { files: taken, faults } = await files().receive([large, cut], 1, nobody);
    expect(taken).to.deep.equal([]);
    expect(faults).to.deep.equal([
      { key: 'tooLarge', params: { name: 'large.pdf', megabytes: 3, limit: 1 } },
      { key: 'tooLarge', params: { name: 'film.mp4', megabytes: 30, limit: 1 } },
    ]);
  });

  it('an empty file is refused; an empty file field is no file', async () => {
    const { files: taken, faults } = await files().receive([await upload('a.txt', Buffer.alloc(0)), await upload('', Buffer.alloc(0))], 20, nobody);
    expect(taken).to.deep.equal([]);
    expect(faults).to.deep.equal([{ key: 'empty', params: { name: 'a.txt' } }]);
  });

  it('the same file chosen twice is one file', async () => {
    const { files: taken } = await files().receive([await upload('a.png', png), await upload('a.png', png), await upload('b.png', png)], 20, nobody);
    expect(taken.map(({ name }) => name)).to.deep.equal(['a.png', 'b.png']);
  });

  it('office documents, OFD and texts of both encodings are known by their content', async () => {
    const workbook = new ExcelJS.Workbook();
    workbook.addWorksheet('a').addRow(['失信']);
    const xlsx = Buffer.from(await workbook.xlsx.writeBuffer());
    const kinds: [string, Buffer, string | null][] = [
      ['a.xlsx', xlsx, 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'],
      ['a.docx', xlsx, null],
      ['a.ofd', archiveOf('OFD.xml'), 'application/ofd'],
      ['a.ofd', archiveOf('virus.exe'), null],
      ['a.xls', Buffer.from('d0cf11e0a1b11ae1'.padEnd(1024, '0'), 'hex'), 'application/vnd.ms-excel'],
      ['a.txt', gbText, 'text/plain'],
      ['a.csv', Buffer.from('\uFEFF名称,代码\n'), 'text/csv'],
      ['a.txt', Buffer.from([0, 1, 2, 3, 4, 5, 6, 7, 8]), null],
      ['a.txt', Buffer.from([0xff, 0xff, 0xff, 0x80]), null],
    ];
    for (const [name, content, mime] of kinds) {
      const { path } = await upload(name, content);
      const verdict = await checkType(path!, name);
      expect(verdict.accepted ? verdict.mime : null, `${name} of ${content.length} bytes`).to.equal(mime);
    }
  });

  it('a ticket carries a file through a form that is shown again, for one person and unchanged', async () => {
    const all = files();
    const { files: [file] } = await all.receive([await upload('a.png', png)], 20, nobody);
    const ticket = all.ticket('zhang', file!);
    expect(all.ofTickets('zhang', [ticket, ticket])).to.deep.equal([file]);
    expect(all.ofTickets('li', [ticket])).to.deep.equal([]);
    const forged = `${Buffer.from(JSON.stringify({ ...file, mime: 'text/html' })).toString('base64url')}.${ticket.split('.')[1]}`;
    expect(all.ofTickets('zhang', [forged, '', 'x', '.'])).to.deep.equal([]);
  });

  it('files that waited too long to be kept are said to be unavailable, with nothing recorded', async () => {
    const lost = { hash: 'a'.repeat(64), name: 'a.pdf', mime: 'application/pdf', bytes: 1 };
    expect(await failure(files().keep([lost]))).to.include({ name: 'Unavailable', part: 'storage', recorded: 'no' });
  });

  describe('on their way back', () => {
    async function answer(name: string, content: Buffer) {
      const all = files();
      const { files: [file] } = await all.receive([await upload(name, content)], 20, nobody);
      const app = express();
      app.get('/', (_req, res, next) => all.send(res, file!).catch(next));
      return request(app).get('/').buffer(true);
    }

    it('a PDF may be shown in place, in a sandbox', async () => {
      const got = await answer('报告.pdf', pdf);
      expect(got.headers['content-type']).to.equal('application/pdf');
      expect(got.headers['content-disposition']).to.match(/^inline; .*filename\*=UTF-8''%E6%8A%A5%E5%91%8A\.pdf$/);
      expect(got.headers['content-security-policy']).to.equal("default-src 'none'; frame-ancestors 'none'; sandbox");
      expect(got.headers['x-content-type-options']).to.equal('nosniff');
      expect(got.headers['content-length']).to.equal(String(pdf.length));
      expect(Buffer.compare(got.body, pdf)).to.equal(0);
    });

    it('everything else is saved, never shown', async () => {
      const got = await answer('a.txt', Buffer.from('<script>alert(1)</script>'));
      expect(got.headers['content-disposition']).to.match(/^attachment; /);
      expect(got.headers['content-type']).to.match(/^text\/plain/);
    });
  });
});
