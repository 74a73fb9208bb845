import ExcelJS from 'exceljs';
import { join } from 'node:path';
import type { Response } from 'supertest';
import { runImports } from '../../../src/features/records/index.ts';
import { createFiles } from '../../../src/platform/files.ts';
import { createI18n } from '../../../src/platform/i18n.ts';
import { createReadLaw } from '../../../src/platform/law.ts';
import { createLogger } from '../../../src/platform/logging.ts';
import { createFolderStorage } from '../../../src/platform/storage.ts';
import { asBytes, workbookRows } from '../../support/downloads.ts';
import { testConfig } from '../../support/stack.ts';
import { hidden } from '../../support/web.ts';
import { errorsIn, formOf, goodCode, type Bureau, type Clerk, type Fields } from '../incidents/bureau.ts';

export type Cells = Readonly<Record<string, string | number | Date>>;

/** A penalty as the table of double publicity has it; another document number makes another. */
export const penalty: Cells = {
  CF_XDR_MC: '宿迁某食品有限公司', CF_XDR_LB: '法人及非法人组织', CF_XDR_SHXYM: goodCode, CF_WSH: '宿市监处罚〔2026〕12号', CF_WFXW: '经营过期食品', CF_SY: '使用过期原料生产糕点。',
  CF_YJ: '《中华人民共和国食品安全法》第一百二十四条', CF_CFLB: '罚款', CF_NR: '罚款20000元。', CF_NR_FK: '2', CF_NR_WFFF: '', CF_NR_ZKDX: '', CF_JDRQ: '2026/05/31', CF_YXQ: '2099/12/31',
  CF_GSJZQ: '2027/05/31', CF_CFJG: '宿迁市市场监督管理局', CF_CFJGDM: '', CF_SJLY: '宿迁市市场监督管理局', CF_SJLYDM: '', BZ: '',
};
export const numbered = (n: number, change: Cells = {}): Cells => ({ ...penalty, CF_WSH: `宿市监处罚〔2026〕${n}号`, ...change });

const namesIn = (rows: readonly Cells[]): string[] => [...new Set([...Object.keys(penalty), ...rows.flatMap((row) => Object.keys(row))])];

export function csv(rows: readonly Cells[], names: readonly string[] = namesIn(rows), titles: readonly string[] = names): Buffer {
  const lines = [titles, ...rows.map((row) => names.map((name) => String(row[name] ?? '')))];
  return Buffer.from(lines.map((cells) => cells.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(',')).join('\r\n'));
}

export async function xlsx(rows: readonly Cells[], above: readonly string[][] = []): Promise<Buffer> {
  const names = namesIn(rows);
  const workbook = new ExcelJS.Workbook();
  const sheet = workbook.addWorksheet('处罚');
  for (const one of [...above, names, ...rows.map((row) => names.map((name) => row[name] ?? ''))]) sheet.addRow(one);
  return Buffer.from(await workbook.xlsx.writeBuffer());
}

const importPath = '/records/import';

/** Somebody who imports, and the job that a worker would run. */
export class ImportDesk {
  readonly bureau: Bureau;
  readonly clerk: Clerk;
  readonly #now: () => Date;

  constructor(bureau: Bureau, clerk: Clerk, now: () => Date) {
    this.bureau = bureau;
    this.clerk = clerk;
    this.#now = now;
  }

  async upload(name: string, content: Buffer, fields: Fields = { domain: 'food' }): Promise<Response> {
    const html = await this.clerk.page(importPath);
    let request = this.clerk.browser.agent.post(importPath).field('_csrf', hidden(html, '_csrf')).field('commandId', hidden(html, 'commandId'));
    for (const [field, value] of Object.entries(fields)) request = request.field(field, String(value));
    return request.attach('file', content, name);
  }

  /** Runs what a worker would run now; `stopping` ends it after the batch under way. */
  work(stopping: () => boolean = () => false): Promise<void> {
    const { knex, seal, dataFolder } = this.bureau;
    const { hash, secrets } = testConfig();
    const i18n = createI18n({ onMissing: (locale, key) => { throw new Error(`no words for ${key} in ${locale}`); } });
    return runImports({
      knex, seal, i18n, now: this.#now, chain: { hash, key: secrets.chain }, readLaw: createReadLaw(knex), files: createFiles(createFolderStorage(join(dataFolder, 'files')), secrets.session),
    }, createLogger({ level: 'silent', process: 'test' }), stopping);
  }

  /** Uploads a table that can be read and has it checked; gives the address of what was found. */
  async checked(name: string, content: Buffer, fields?: Fields): Promise<string> {
    const answer = await this.upload(name, content, fields);
    if (answer.status !== 303) throw new Error(`answered ${answer.status}: ${errorsIn(answer.text).join(' ')}`);
    await this.work();
    return String(answer.headers['location']);
  }

  async send(address: string, act: string, fields: Fields = {}): Promise<Response> {
    const form = formOf(await this.clerk.page(address), `${address}/${act}`);
    return this.clerk.post(`${address}/${act}`, { ...form, ...fields });
  }

  /** Confirms, and has it stored. */
  async confirmed(address: string, fields: Fields = {}): Promise<void> {
    const { status } = await this.send(address, 'confirm', fields);
    if (status !== 303) throw new Error(`answered ${status}`);
    await this.work();
  }

  async imported(name: string, content: Buffer, fields?: Fields): Promise<string> {
    const address = await this.checked(name, content, fields);
    await this.confirmed(address);
    return address;
  }

  async workbook(path: string): Promise<string[][]> {
    const { body } = await asBytes(this.clerk.get(path)).expect(200).expect('content-disposition', /^attachment; /).expect('cache-control', 'no-store');
    return workbookRows(body);
  }

  /** The numbers on top of the page of an import, by their labels. */
  async tiles(address: string): Promise<Record<string, number>> {
    const html = await this.clerk.page(address);
    const tiles = [...html.matchAll(/<span class="tile-count">([\d,]+)<\/span><span class="tile-label">([^<]+)<\/span>/g)];
    return Object.fromEntries(tiles.map(([, count, label]) => [label!, Number(count!.replaceAll(',', ''))]));
  }

  async records(): Promise<number> {
    return Number((await this.bureau.knex('record').count<{ n: string }[]>('* as n').first())?.n);
  }
}
