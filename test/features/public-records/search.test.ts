import { expect } from 'chai';
import { readSearch } from '../../../src/features/public-records/search.ts';
import { maskFacts, maskingOf } from '../../../src/platform/records/masking.ts';
import { penalty } from './records.ts';

const today = '2026-09-01';

describe('what somebody types to find a subject', () => {
  it('is a name, however short, unless it is eighteen letters and figures', () => {
    for (const typed of ['宿', '恒泽', '宿迁恒泽食品有限公司', 'ABC Foods', '123']) expect(readSearch(typed, today)).to.deep.equal({ kind: 'name', name: typed });
    expect(readSearch('', today)).to.deep.equal({ kind: 'nothing' });
    expect(readSearch('！？', today)).to.deep.equal({ kind: 'signs', typed: '！？' });
  });

  it('is a unified code in any width and case, and a wrong one is named with its place', () => {
    expect(readSearch(' ９１３２１３００ma1te8t08t ', today)).to.deep.equal({ kind: 'code', code: '91321300MA1TE8T08T' });
    const wrong = readSearch('91321300MA1TE8T08U', today);
    expect(wrong.kind).to.equal('badCode');
    expect(wrong.kind === 'badCode' && wrong.reason.params).to.include({ position: 18, expected: 'T', found: 'U' });
  });

  it('is never the number of a person, right or mistyped', () => {
    for (const typed of ['11010519491231002X', '110105194912310021', '11010519491231002x']) expect(readSearch(typed, today), typed).to.deep.equal({ kind: 'person' });
  });
});

describe('what a record says in public', () => {
  const read = (act: string, ...names: string[]) => maskFacts({ ...penalty, documentNo: '宿市监罚〔2026〕1号', act }, maskingOf(names));

  it('has the names masked that the house knows, wherever they stand', () => {
    expect(read('李建国在店内指使员工更改标签，李建国承认。', '李建国').act).to.equal('李**在店内指使员工更改标签，李**承认。');
    expect(read('法定代表人王芳到场。', '王芳').act).to.equal('法定代表人王*到场。');
  });

  it('has numbers, telephones and homes masked, and keeps codes and document numbers', () => {
    const { act, documentNo } = read('身份证号11010519491231002X，电话13812345678，代码91321300MA1TE8T08T。');
    expect(act).to.include('1101**********2X').and.include('138****5678').and.include('91321300MA1TE8T08T');
    expect(documentNo).to.equal('宿市监罚〔2026〕1号');
  });
});
