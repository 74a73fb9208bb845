import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { partsOf, zip } from '../support/workbook.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const fixtures = join(ROOT, 'test/fixtures/sheets');

/** Of each file the table's tab, how many rows stand below its column names, and the document numbers of the first and the last. */
const right: Readonly<Record<string, { tab: string; rows: number; numbers: readonly [first: string | undefined, last: string | undefined] }>> = {
  '00-control.xlsx': { tab: '双公示', rows: 1, numbers: ['宿市监处罚〔2026〕试1号', '宿市监处罚〔2026〕试1号'] },
  '01a-order-excel.xlsx': { tab: '双公示', rows: 1, numbers: ['宿市监处罚〔2026〕试1号', '宿市监处罚〔2026〕试1号'] },
  '01b-order-poi-sheet-last.xlsx': { tab: '双公示', rows: 1, numbers: ['宿市监处罚〔2026〕试1号', '宿市监处罚〔2026〕试1号'] },
  '01c-order-shared-strings-last.xlsx': { tab: '双公示', rows: 1, numbers: ['宿市监处罚〔2026〕试1号', '宿市监处罚〔2026〕试1号'] },
  '01f-order-excel-20-rows.xlsx': { tab: '双公示', rows: 20, numbers: ['宿市监处罚〔2026〕试1号', '宿市监处罚〔2026〕试20号'] },
  '02-150-rows.xlsx': { tab: '双公示', rows: 150, numbers: ['宿市监处罚〔2026〕试1号', '宿市监处罚〔2026〕试150号'] },
  '05-instructions-first.xlsx': { tab: '双公示', rows: 1, numbers: ['宿市监处罚〔2026〕说1号', '宿市监处罚〔2026〕说1号'] },
  '05-sheet-moved-to-front.xlsx': { tab: '本月', rows: 1, numbers: ['宿市监处罚〔2026〕新1号', '宿市监处罚〔2026〕新1号'] },
  '06-merged-cells.xlsx': { tab: '双公示', rows: 2, numbers: ['宿市监处罚〔2026〕并1号', undefined] },
  '12-csv-scientific.csv': { tab: '文本', rows: 5, numbers: ['宿市监处罚〔2026〕逗科学号', undefined] },
  '14-document-numbers-1.xlsx': { tab: 'a', rows: 1, numbers: ['宿市监处罚〔2026〕括8号', '宿市监处罚〔2026〕括8号'] },
  '15-unit-renamed-old-name.xlsx': { tab: 'a', rows: 1, numbers: ['宿市监处罚〔2026〕旧名1号', '宿市监处罚〔2026〕旧名1号'] },
  'libreoffice.ods': { tab: '处罚', rows: 6, numbers: ['宿市监处罚〔2026〕改1号', undefined] },
  'libreoffice.xls': { tab: '处罚', rows: 6, numbers: ['宿市监处罚〔2026〕改1号', undefined] },
  'libreoffice.xlsx': { tab: '处罚', rows: 6, numbers: ['宿市监处罚〔2026〕改1号', undefined] },
};

interface Answer {
  status: number | null;
  remarks: string[];
  rows: Record<string, unknown>[];
  error: string;
}

/** Runs the command where no database can be: its address is of a port that takes nobody. */
async function sheet(...args: string[]): Promise<Answer> {
  const child = spawn(process.execPath, ['--import', 'tsx', 'src/main.ts', 'sheet', ...args], {
    cwd: ROOT, env: { ...process.env, DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' }, stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [out, error] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  const lines = out.split('\n').filter((line) => line !== '');
  return {
    status: child.exitCode,
    remarks: lines.filter((line) => line.startsWith('# ')),
    rows: lines.filter((line) => !line.startsWith('# ')).map((line) => JSON.parse(line) as Record<string, unknown>),
    error,
  };
}

describe('xinzhi sheet', function () {
  // Each start takes two processes; on a busy machine half a minute.
  this.timeout(120_000);
  const folder = mkdtempSync(join(tmpdir(), 'sheet-command-'));
  after(() => rmSync(folder, { recursive: true }));

  const written = (name: string, content: string): string => {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  };

  it('has each file of the fixtures in its list', () => {
    expect(Object.keys(right)).to.have.members(readdirSync(fixtures));
  });

  for (const [name, { tab, rows, numbers }] of Object.entries(right)) {
    it(`prints the table of ${name}, a row a line`, async () => {
      const answer = await sheet(join(fixtures, name));
      expect(answer.error).to.equal('');
      expect(answer.status).to.equal(0);
      expect(answer.remarks.find((line) => line.includes('penalties'))).to.include(tab);
      expect(answer.rows).to.have.length(rows);
      expect([answer.rows[0]!['行政处罚决定书文号'], answer.rows.at(-1)!['行政处罚决定书文号']]).to.deep.equal(numbers);
    });
  }

  it('says what is hidden, merged or an error', async () => {
    const [hidden, merged, other] = await Promise.all(['libreoffice.xlsx', '06-merged-cells.xlsx', 'libreoffice.ods'].map((name) => sheet(join(fixtures, name), '--locale', 'en')));
    expect(other!.rows).to.deep.equal(hidden!.rows);
    expect(other!.remarks.at(-1)).to.equal(hidden!.remarks.at(-1));
    expect(hidden!.remarks.at(-1)).to.equal('# of these, rows hidden in the file: 1');
    expect(hidden!.rows.filter((row) => row['hidden'] === true).map((row) => row['row'])).to.deep.equal([4]);
    expect(hidden!.rows.at(-1)!['faults']).to.deep.equal({ 'Document number': { kind: 'error', text: '#N/A' } });
    expect(Object.values(merged!.rows[1]!['faults'] as Record<string, { kind: string }>).map(({ kind }) => kind)).to.deep.equal(['merged', 'merged', 'merged']);
  });

  it('refuses a damaged file by the part of it that is', async () => {
    const path = join(folder, 'damaged.xlsx');
    writeFileSync(path, zip(partsOf({ rows: '<row><c t="inlineStr"><is><t>甲</t></is></c></row>' }), { damaged: ['xl/worksheets/sheet1.xml'] }));
    const answer = await sheet(path, '--locale', 'en');
    expect(answer).to.deep.include({ status: 1, rows: [] });
    expect(answer.error).to.include('The file is damaged: the content of xl/worksheets/sheet1.xml');
  });

  it('calls a table of another kind by its name, and keeps its columns\' own', async () => {
    const answer = await sheet(written('permits.csv', '行政相对人名称,许可编号,许可类别,许可证书名称,有效期自,有效期至\n某公司,1,普通,证,2026-01-01,2027-01-01\n'));
    expect(answer.status).to.equal(0);
    expect(answer.remarks.find((line) => line.includes('permits'))).to.include('行政许可');
    expect(answer.rows).to.deep.equal([{ row: 2, 行政相对人名称: '某公司', 许可编号: '1', 许可类别: '普通', 许可证书名称: '证', 有效期自: '2026-01-01', 有效期至: '2027-01-01' }]);
  });

  it('ends with 1 where there is no table or no file, and says how it is called', async () => {
    const none = await sheet(written('letter.csv', '您好\n这是一封信\n'));
    expect(none).to.deep.include({ status: 1, rows: [] });
    expect(none.error).to.not.equal('');
    expect(await sheet(join(folder, 'none.xlsx'))).to.deep.include({ status: 1, rows: [] }).and.have.property('error').that.includes('There is no file');
    expect(await sheet(folder)).to.have.property('error').that.includes('is a folder');
    expect(await sheet()).to.have.property('error').that.includes('Usage: xinzhi sheet FILE');
    expect(await sheet('--unknown', 'x')).to.have.property('status', 2);
  });
});
