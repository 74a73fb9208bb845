import { expect } from 'chai';
import { docxOf, linesOf } from '../../src/platform/docx.ts';
import type { DecisionDocument } from '../../src/platform/http/view-models.ts';
import { docxParagraphs, docxXml, pageParagraphs } from '../support/docx.ts';
import { partial, words } from './views-render.ts';

const t = words('zh-CN');

const decision: DecisionDocument = {
  agency: '宿迁市市场监督管理局',
  number: 'XF-2026-000012',
  title: '准予信用修复决定书',
  addressee: '宿迁某食品有限公司（91321300MA1TE8T08T）',
  paragraphs: [
    { text: [{ text: '你单位申请信用修复。' }] },
    { heading: '理由', text: [{ text: '<罚款>已缴清 & 原料"已销毁"，' }, { text: '张*。' }] },
    { text: [{ text: '第一行\n第二行' }] },
  ],
  attachments: ['缴款凭证'],
  copies: ['市信用办', '市税务局'],
  signature: '宿迁市市场监督管理局（印章）',
  date: { iso: '2026-09-24', text: '2026年9月24日' },
};

describe('a document as a Word file', () => {
  it('says line by line what its page says', async () => {
    const lines = linesOf(decision, t).map(({ text }) => text);
    const [file, page] = [docxParagraphs(await docxOf(decision, t)), pageParagraphs(partial('decision', decision))];
    expect(file).to.deep.equal(lines);
    // On the page the browser numbers the attachments.
    expect(page).to.deep.equal(lines.map((line) => line.replace(/^1\. /, '')));
  });

  it('is a sheet of A4, set as GB/T 9704 asks: title in the middle, number and date on the right, text of 16 points', async () => {
    const xml = docxXml(await docxOf(decision, t));
    expect(xml).to.match(/<w:pgSz w:w="1190[5-7]" w:h="1683[7-9]"/);
    const paragraphOf = (text: string): string => (xml.match(/<w:p[ >][\s\S]*?<\/w:p>/g) ?? []).find((one) => one.includes(`>${text}<`)) ?? '';
    expect(paragraphOf(decision.title)).to.include('<w:jc w:val="center"/>').and.include('方正小标宋简体').and.include('<w:sz w:val="44"/>');
    for (const text of [decision.number, decision.date.text, decision.signature]) expect(paragraphOf(text), text).to.include('<w:jc w:val="right"/>');
    // The seal never stands on a sheet of its own: what comes last before it stays with it.
    for (const text of ['1. 缴款凭证', decision.signature]) expect(paragraphOf(text), text).to.include('<w:keepNext/>');
    const short = docxXml(await docxOf({ ...decision, attachments: [], paragraphs: [{ text: [{ text: '甲。' }] }, { text: [{ text: '乙。' }] }] }, t));
    const kept = (short.match(/<w:p[ >][\s\S]*?<\/w:p>/g) ?? []).filter((one) => one.includes('<w:keepNext/>')).flatMap((one) => [...one.matchAll(/<w:t[^>]*>([^<]*)</g)].map(([, text]) => text));
    expect(kept).to.deep.equal([decision.title, '乙。', decision.signature]);
    expect(paragraphOf('你单位申请信用修复。')).to.include('仿宋').and.include('<w:sz w:val="32"/>').and.include('w:firstLine="640"');
  });
});
