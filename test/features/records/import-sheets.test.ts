import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { partsOf, workbook, zip } from '../../support/workbook.ts';
import { errorsIn, goodId, noticesIn, openBureau, type Bureau } from '../incidents/bureau.ts';
import { csv, ImportDesk, numbered, type Cells } from './import-office.ts';

const fixture = (name: string): Buffer => readFileSync(fileURLToPath(new URL(`../../fixtures/sheets/${name}`, import.meta.url)));
const inline = (text: string): string => `<c t="inlineStr"><is><t>${text}</t></is></c>`;
const sheetOf = (...rows: readonly (readonly string[])[]): Buffer => workbook({ rows: rows.map((cells) => `<row>${cells.map(inline).join('')}</row>`).join('') });

describe('files that were read wrongly, at the import of records', function () {
  this.timeout(240_000);
  let bureau: Bureau;
  let desk: ImportDesk;
  before(async () => {
    bureau = await openBureau();
    desk = new ImportDesk(bureau, await bureau.clerk('scjg.handler'), () => new Date('2026-11-20T02:00:00Z'));
  });
  after(() => bureau.close());

  const refusal = async (name: string, content: Buffer): Promise<string> => {
    const answer = await desk.upload(name, content);
    expect(answer.status, name).to.equal(422);
    return errorsIn(answer.text).join();
  };

  it('a table of permits is called by its name, and a unit that is not known is refused with it', async () => {
    expect(await refusal('许可.xlsx', sheetOf(['行政相对人名称', '统一社会信用代码', '行政许可决定文书号', '许可类别', '许可内容', '许可决定日期', '许可机关'], ['甲']))).to.include('是一张行政许可信息表');
    expect(await refusal('千元.xlsx', sheetOf(['行政相对人名称（必填）', '信用代码', '文书号', '违法事实', '处罚依据', '处罚类别', '处罚内容', '罚款金额（千元）', '决定日期'], ['甲']))).to.include('千元');
    expect(await refusal('别的.xlsx', sheetOf(['甲列', '乙列'], ['一', '二']))).to.include('已查看的工作表：表').and.include('甲列 / 乙列');
  });

  it('decorated names are known; scope of use and status are obeyed; what is hidden or not read is named', async () => {
    const rows: Cells[] = [numbered(701), numbered(702), numbered(703), numbered(704)].map((row, n) => ({ ...row, CF_SYFW: ['0', '1', '2', '0'][n]!, CF_ZT: ['0', '0', '0', '1'][n]!, 自编列: '某', CF_WSH: String(row['CF_WSH']) }));
    const html = await desk.clerk.page(await desk.checked('范围.csv', csv(rows)));
    const notices = noticesIn(html).join();
    expect(notices).to.include('2 行的信息使用范围限于政府内部').and.include('自编列');
    expect(html).to.include('决定已撤销');
  });

  it('a natural person under names of real templates, in UTF-16', async () => {
    const text = `行政相对人（必填）\t行政相对人类别\t证件类型\t证件号\t文书号\t违法事实\t处罚依据\t处罚类别\t处罚内容\t罚款金额（元）\t决定日期\n张三丰\t自然人\t身份证\t${goodId}\t宿市监处罚〔2026〕705号\t无照经营\t《条例》第一条\t罚款\t罚款2000元。\t2000\t2026-05-31\n`;
    const address = await desk.checked('人.csv', Buffer.concat([Buffer.of(0xff, 0xfe), Buffer.from(text, 'utf16le')]));
    expect(await desk.tiles(address)).to.include({ 可以入库: 1, 有误: 0 });
  });

  it('a damaged file is refused by the part of it that is, and nothing of it is taken', async () => {
    const damaged = zip(partsOf({ rows: '<row><c t="inlineStr"><is><t>行政相对人名称</t></is></c></row>' }), { damaged: ['xl/worksheets/sheet1.xml'] });
    expect(await refusal('坏.xlsx', damaged)).to.include('文件已损坏').and.include('xl/worksheets/sheet1.xml').and.include('没有读取');
  });

  it('each of the files has its right value', async () => {
    const right: Readonly<Record<string, string>> = {
      '06-merged-cells.xlsx': '合并单元格的一部分', '12-csv-scientific.csv': '“1.23456E+19”已被表格软件存成数字', '05-instructions-first.xlsx': '没有读取的工作表：填写说明', '05-sheet-moved-to-front.xlsx': '没有读取的工作表：上月',
      'libreoffice.xlsx': '1 行被筛选或隐藏（第 4 行）', 'libreoffice.ods': '1 行被筛选或隐藏（第 4 行）', 'libreoffice.xls': '单元格是错误值 #N/A',
    };
    for (const [name, said] of Object.entries(right)) expect(await desk.clerk.page(await desk.checked(name, fixture(name))), name).to.include(said);
  });
});
