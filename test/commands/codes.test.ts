import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Every code of the standards' samples, right and wrong, and what is said of it. */
const table = [
  ['91321300MA1TE8T08T', 'uscc', 'ok', ''],
  ['9132132269215347XH', 'uscc', 'ok', ''],
  ['113213000143810514', 'uscc', 'ok', ''],
  ['91321300MA1TE8T08U', 'uscc', 'bad', '第 18 位应为 T，现为 U'],
  ['91321300MA1TE8TO8T', 'uscc', 'bad', '第 16 位是字母 O'],
  ['9132132269215374XH', 'uscc', 'bad', '第 18 位应为 F，现为 H；第 17 位应为 4'],
  ['91321300MA1TE8T05H', 'uscc', 'warning', '第 17 位应为 8，现为 5'],
  ['69215347X', 'orgCode', 'ok', ''],
  ['D2143569X', 'orgCode', 'ok', ''],
  ['MA1TE8T08', 'orgCode', 'ok', ''],
  ['692153471', 'orgCode', 'bad', '第 9 位应为 X，现为 1'],
  ['11010519491231002X', 'residentId', 'ok', ''],
  ['110105194912310021', 'residentId', 'bad', '第 18 位应为 X，现为 1'],
  ['9132', 'unknown', 'bad', '现为 4 位'],
] as const;

interface Answer {
  status: number | null;
  out: string;
  error: string;
}

describe('xinzhi codes check', function () {
  this.timeout(60_000);
  const folder = mkdtempSync(join(tmpdir(), 'codes-'));
  after(() => rmSync(folder, { recursive: true }));

  const start = (...args: string[]) => spawn(process.execPath, ['--import', 'tsx', 'src/main.ts', 'codes', ...args], { cwd: ROOT });
  async function codes(args: readonly string[], input: string | Uint8Array = ''): Promise<Answer> {
    const child = start(...args);
    let out = '';
    let error = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => { out += text; });
    child.stderr.setEncoding('utf8').on('data', (text: string) => { error += text; });
    child.stdin.on('error', () => undefined).end(input);
    await once(child, 'close');
    return { status: child.exitCode, out, error };
  }
  const saved = (name: string, content: string | Uint8Array): string => {
    const file = join(folder, name);
    writeFileSync(file, content);
    return file;
  };
  const rowsOf = (out: string): string[][] => out.split('\n').slice(0, -1).map((row) => row.split('\t'));

  it('prints code, kind, verdict and reason of every line, from a file and from a pipe, with status 0', async () => {
    const text = `${table.map(([code]) => code).join('\n')}\n`;
    const fromFile = await codes(['check', saved('all.txt', text)]);
    expect(fromFile.status, fromFile.error).to.equal(0);
    const rows = rowsOf(fromFile.out);
    expect(rows).to.have.length(table.length);
    for (const [index, [code, kind, verdict, reason]] of table.entries()) {
      expect(rows[index]?.slice(0, 3)).to.deep.equal([code, kind, verdict]);
      expect(rows[index]).to.have.length(4);
      if (reason === '') expect(rows[index]?.[3]).to.equal('');
      else expect(rows[index]?.[3]).to.include(reason);
    }
    expect((await codes(['check', '-'], text)).out).to.equal(fromFile.out);
  });

  it('cleans full-width characters, lower case, hyphens, a BOM and line ends of every system', async () => {
    const text = '\uFEFF９１３２１３００ｍａ１ｔｅ８ｔ０８ｔ\r\n69215347-x\r 11010519491231002x \n\u200B91321300 MA1T E8T0 8T';
    const expected = [['91321300MA1TE8T08T', 'uscc', 'ok', ''], ['69215347X', 'orgCode', 'ok', ''], ['11010519491231002X', 'residentId', 'ok', ''], ['91321300MA1TE8T08T', 'uscc', 'ok', '']];
    expect(rowsOf((await codes(['check', saved('mixed.txt', text)])).out)).to.deep.equal(expected);
    const wide = Buffer.from(text, 'utf16le');
    expect(rowsOf((await codes(['check', '-'], wide)).out), 'saved as UTF-16').to.deep.equal(expected);
  });

  it('keeps an empty line as an empty row with its reason; a last line end adds none, an empty file has none', async () => {
    const { out } = await codes(['check', '-'], '91321300MA1TE8T08T\r\n\r\n　\r\n69215347X\r\n');
    expect(rowsOf(out)).to.deep.equal([
      ['91321300MA1TE8T08T', 'uscc', 'ok', ''], ['', 'unknown', 'bad', '空行，没有代码。'], ['', 'unknown', 'bad', '空行，没有代码。'], ['69215347X', 'orgCode', 'ok', ''],
    ]);
    expect(await codes(['check', saved('empty.txt', '')])).to.include({ out: '', status: 0 });
  });

  it('answers in English when asked', async () => {
    const { out } = await codes(['check', '-', '--locale', 'en'], '91321300MA1TE8T08U\n');
    expect(out).to.include('Character 18 of the unified social credit code should be T; it is U.');
  });

  it('answers while the lines still come: nothing waits for the end of the file', async () => {
    const child = start('check', '-');
    child.stdout.setEncoding('utf8');
    for (const code of ['91321300MA1TE8T08T', '69215347X']) {
      // The line end comes in a piece of its own.
      child.stdin.write(`${code}\r`);
      child.stdin.write('\n');
      const [row] = await once(child.stdout, 'data') as [string];
      expect(row).to.match(new RegExp(`^${code}\t`));
    }
    const ended = once(child, 'close');
    child.stdin.end();
    await ended;
    expect(child.exitCode).to.equal(0);
  });

  it('reads two hundred thousand lines in order, and a line without end as one row', async () => {
    const lines = Array.from({ length: 200_000 }, (_, n) => table[n % table.length]?.[0] ?? '');
    const rows = rowsOf((await codes(['check', saved('many.txt', lines.join('\r\n'))])).out);
    expect(rows.map(([code]) => code)).to.deep.equal(lines);
    const long = rowsOf((await codes(['check', '-'], `${'9'.repeat(2_000_000)}\n69215347X`)).out);
    expect(long).to.have.length(2);
    expect(long[0]?.slice(1, 3)).to.deep.equal(['unknown', 'bad']);
    expect(long[0]?.[0]).to.have.length.below(50);
    expect(long[1]?.[0]).to.equal('69215347X');
  });

  it('nothing in a file reaches the terminal as a command to it', async () => {
    const { out } = await codes(['check', '-'], '91321300MA1TE8T0\u001B8T\n');
    expect(out).to.not.include('\u001B');
  });

  it('ends in silence when the reader has seen enough', async () => {
    const child = start('check', saved('long.txt', '91321300MA1TE8T08T\n'.repeat(100_000)));
    let error = '';
    child.stderr.on('data', (text: unknown) => { error += String(text); });
    await once(child.stdout, 'data');
    child.stdout.destroy();
    await once(child, 'exit');
    expect(error).to.equal('');
    expect(child.exitCode).to.equal(0);
  });

  it('says clearly what it cannot read or was not told', async () => {
    const wrong = [
      [['check', join(folder, 'nowhere.txt')], 'There is no file'],
      [['check', folder], 'is a folder'],
      [['check'], 'Usage: xinzhi codes check'],
      [['count', '-'], 'Usage: xinzhi codes check'],
      [['check', '-', '--locale', 'fr'], '--locale must be'],
      [['check', '-', '--kind', 'uscc'], '--kind'],
    ] as const;
    for (const [args, word] of wrong) {
      const { status, out, error } = await codes(args);
      expect(status, word).to.not.equal(0);
      expect(error).to.include(word).and.not.include('    at ');
      expect(out).to.equal('');
    }
  });
});
