import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { receiptOf } from '../../src/features/documents/receipt.ts';
import { docxOf } from '../../src/platform/docx.ts';
import { receiptDocx } from '../../src/platform/docx-receipt.ts';
import type { DecisionDocument } from '../../src/platform/http/view-models.ts';
import { words } from '../platform/views-render.ts';

const run = promisify(execFile);
const t = words('zh-CN');

/** Whether the machine has a program; both come with the system's packages `libreoffice-writer-nogui` and `poppler-utils`. */
function has(program: string): boolean {
  try {
    execFileSync(program, ['-v'], { stdio: 'ignore' });
    return true;
  } catch {
    try {
      execFileSync(program, ['--version'], { stdio: 'ignore' });
      return true;
    } catch {
      return false;
    }
  }
}

/** A document whose text has so many lines. */
const decision = (lines: number): DecisionDocument => ({
  agency: '宿迁市市场监督管理局',
  number: '宿市监信修〔2026〕12号',
  title: '准予信用修复决定书',
  addressee: '宿迁某食品有限公司',
  paragraphs: Array.from({ length: lines }, (_, n) => ({ text: [{ text: n === lines - 1 ? '末段到此为止。' : `第${n + 1}项内容如上。` }] })),
  signature: '宿迁市市场监督管理局（印章）',
  date: { iso: '2026-09-24', text: '2026年9月24日' },
});

const missing = ['soffice', 'pdftotext'].filter((program) => !has(program));
const reason = missing.length === 0 ? '' : ` (skipped: this machine has no ${missing.join(' and no ')})`;

describe(`documents on paper, as LibreOffice sets them${reason}`, function () {
  this.timeout(180_000);
  let folder: string;
  before(function () {
    if (missing.length > 0) this.skip();
    folder = mkdtempSync(join(tmpdir(), 'xinzhi-paper-'));
  });
  after(() => {
    if (folder) rmSync(folder, { recursive: true, force: true });
  });

  /** The text of each page of each file. */
  async function pagesOf(files: Readonly<Record<string, Buffer>>): Promise<Record<string, string[]>> {
    for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, `${name}.docx`), content);
    const names = Object.keys(files);
    await run('soffice', [`-env:UserInstallation=file://${folder}/profile`, '--headless', '--convert-to', 'pdf', '--outdir', folder, ...names.map((name) => join(folder, `${name}.docx`))]);
    const texts = await Promise.all(names.map(async (name) => {
      const { stdout } = await run('pdftotext', ['-raw', join(folder, `${name}.pdf`), '-']);
      return [name, stdout.replace(/\f$/u, '').split('\f').map((page) => page.replace(/[ \t]+/gu, ''))] as const;
    }));
    return Object.fromEntries(texts);
  }

  it('the signature and its date are on the page of the text before them, wherever the page ends', async () => {
    const lengths = Array.from({ length: 14 }, (_, n) => n + 8);
    const pages = await pagesOf(Object.fromEntries(await Promise.all(lengths.map(async (n) => [`decision-${n}`, await docxOf(decision(n), t)] as const))));
    const counts = new Set<number>();
    for (const [name, texts] of Object.entries(pages)) {
      counts.add(texts.length);
      const last = texts.at(-1)!;
      expect(last, name).to.include('末段到此为止。').and.include('宿迁市市场监督管理局（印章）').and.include('2026年9月24日');
    }
    // The lengths are such that some just fit and some just don't.
    expect([...counts]).to.have.members([1, 2]);
  });

  it('the blank receipt is one sheet and says whom and what', async () => {
    const { receipt } = await pagesOf({ receipt: await receiptDocx(receiptOf({ t }, decision(3))) });
    expect(receipt).to.have.length(1);
    expect(receipt![0]!.replace(/\n/gu, '')).to.include('送达回证').and.include('宿市监信修〔2026〕12号').and.include('受送达人签名或者盖章').and.include('拒收事由');
  });
});
