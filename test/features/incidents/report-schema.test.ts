import { expect } from 'chai';
import { readForm } from '../../../src/platform/http/forms.ts';
import { createI18n } from '../../../src/platform/i18n.ts';
import { lengths, mostSubjects, reportSchema } from '../../../src/features/incidents/report/forms.ts';
import { goodCode, goodId, wrongCode } from './bureau.ts';

const i18n = createI18n({ onMissing: (locale, key) => { throw new Error(`no words for ${key} in ${locale}`); } });
const schema = reportSchema({ today: '2026-09-24', regions: ['suyu', 'shuyang'], units: ['xyb'] });

const good = {
  field: 'commerce', area: 'foodHygiene', title: '某公司使用过期原料', what: '群众反映。\n第二段。', region: 'suyu', place: '江山大道', occurredOn: '2026-09-24',
  subjects: [{ kind: 'organisation', name: '某公司', code: goodCode }], sourceUrl: 'https://news.example.cn/1', reporter: { name: '赵六', mail: 'zhao@example.cn' },
};

function read(change: object = {}) {
  return readForm(schema, { ...good, ...change }, i18n.translator('zh-CN'));
}

function errors(change: object): Record<string, string> {
  const result = read(change);
  return result.ok ? {} : { ...result.form.errors };
}

describe('the schema of a report', () => {
  it('takes a complete report, cleaned', () => {
    const result = read({ title: '  某公司使用过期原料 ', subjects: [{ kind: 'organisation', name: '某公司', code: ' ９１３２１３００ma1te8t08t ' }] });
    expect(result.ok && result.data).to.deep.equal({
      ...good, subjects: [{ kind: 'organisation', name: '某公司', code: goodCode }], unit: null,
    });
  });

  it('nothing at all: every required field says so, and nothing else does', () => {
    expect(Object.keys(errors({ field: '', area: undefined, title: ' ', what: null, region: '', place: '', occurredOn: '', subjects: undefined, sourceUrl: '', reporter: undefined })))
      .to.have.members(['field', 'area', 'title', 'what', 'region', 'place', 'occurredOn']);
  });

  it('texts over their length say how long they may be and are', () => {
    const long = errors({ title: '长'.repeat(lengths.title + 1), what: '长'.repeat(lengths.what + 1), place: '长'.repeat(lengths.place + 1), subjects: [{ kind: 'person', name: '长'.repeat(lengths.name + 1), code: goodId }] });
    expect(long['title']).to.equal('不超过 100 字，现为 101 字。');
    expect(Object.keys(long)).to.have.members(['title', 'what', 'place', 'subjects[0][name]']);
    expect(errors({ title: '𠮷'.repeat(lengths.title) }), 'characters, not their halves').to.deep.equal({});
  });

  it('the wrong type of a value is refused field by field', () => {
    expect(Object.keys(errors({ title: ['a', 'b'], what: { a: 1 }, occurredOn: true, subjects: 'abc', region: ['suyu'], reporter: 'zhao', sourceUrl: {} })))
      .to.have.members(['title', 'what', 'occurredOn', 'subjects[0]', 'region', 'reporter', 'sourceUrl']);
  });

  it('a value that is not offered is named', () => {
    expect(errors({ field: 'sports', area: 'weather', region: 'mars', unit: 'scjg' })).to.deep.equal({
      field: '“sports”不在可选范围内，请重新选择。', area: '“weather”不在可选范围内，请重新选择。', region: '“mars”不在可选范围内，请重新选择。', unit: '“scjg”不在可选范围内，请重新选择。',
    });
  });

  it('30 February is no day, and tomorrow has not come', () => {
    expect(errors({ occurredOn: '2026-02-30' })['occurredOn']).to.equal('没有“2026-02-30”这一天。日期按年-月-日填写，如 2026-09-24。');
    expect(errors({ occurredOn: '2026-09-25' })['occurredOn']).to.equal('不晚于 2026-09-24，现为 2026-09-25。');
    expect(errors({ occurredOn: '24.09.2026' })).to.have.property('occurredOn');
  });

  it('a code with a wrong check digit says which character it is and what it should be', () => {
    expect(errors({ subjects: [{ kind: 'organisation', name: '某公司', code: wrongCode }] }))
      .to.deep.equal({ 'subjects[0][code]': '统一社会信用代码第 18 位应为 T，现为 U。请对照营业执照核对。' });
  });

  it('an ID number with a wrong check digit does too, and is not taken for a code', () => {
    expect(errors({ subjects: [{ kind: 'person', name: '张三', code: '110105194912310021' }] }))
      .to.deep.equal({ 'subjects[0][code]': '公民身份号码第 18 位应为 X，现为 1。请对照身份证核对。' });
    expect(errors({ subjects: [{ kind: 'person', name: '张三', code: goodCode }] })).to.have.property('subjects[0][code]');
    expect(errors({ subjects: [{ kind: 'organisation', name: '张三', code: goodId }] })).to.have.property('subjects[0][code]');
  });

  it('somebody born tomorrow cannot be reported', () => {
    expect(errors({ subjects: [{ kind: 'person', name: '张三', code: '320102202609250015' }] })['subjects[0][code]']).to.match(/晚于今天/);
  });

  it('rows left empty are none, and errors name the row where it stands', () => {
    const rows = [{ kind: 'organisation', name: '', code: '' }, { kind: 'organisation', name: '某公司', code: wrongCode }, { kind: 'person', name: '', code: goodId }];
    expect(Object.keys(errors({ subjects: rows }))).to.have.members(['subjects[1][code]', 'subjects[2][name]']);
    const none = read({ subjects: [{ kind: 'organisation', name: ' ', code: '' }] });
    expect(none.ok && none.data.subjects).to.deep.equal([]);
  });

  it('a subject named twice is one', () => {
    const twice = read({ subjects: [good.subjects[0], { ...good.subjects[0], name: '某公司（曾用名）' }] });
    expect(twice.ok && twice.data.subjects).to.have.length(1);
  });

  it('rows of an unknown kind, and more rows than there may be, are refused', () => {
    expect(Object.keys(errors({ subjects: [{ kind: 'animal', name: '某', code: 'x' }] }))).to.deep.equal(['subjects[0][kind]']);
    expect(Object.keys(errors({ subjects: Array.from({ length: mostSubjects + 1 }, () => good.subjects[0]) }))).to.deep.equal(['subjects']);
  });

  it('a source is a page of the web and nothing that runs', () => {
    for (const sourceUrl of ['javascript:alert(1)', 'data:text/html,x', 'ftp://example.cn', 'news.example.cn', `https://example.cn/${'a'.repeat(2000)}`]) {
      expect(errors({ sourceUrl }), sourceUrl.slice(0, 40)).to.have.property('sourceUrl');
    }
  });

  it('an informant has an address that can be written to, or a name alone, or is left out', () => {
    expect(errors({ reporter: { name: '赵六', mail: 'zhao' } })).to.have.property('reporter[mail]');
    const named = read({ reporter: { name: '赵六', mail: '' } });
    expect(named.ok && named.data.reporter).to.deep.equal({ name: '赵六', mail: null });
    const none = read({ reporter: { name: '', mail: '' } });
    expect(none.ok && none.data.reporter).to.equal(null);
  });

  it('marks that turn the direction of writing are left out, control characters are refused; HTML is text', () => {
    expect(errors({ title: 'a\u202Eb', place: 'a\u0000b' })).to.have.all.keys('place');
    const turned = read({ title: 'a\u202Eb' });
    expect(turned.ok && turned.data.title).to.equal('ab');
    const html = read({ title: '<script>alert(1)</script>', what: '<img src=x onerror=alert(1)>', place: '"><b>' });
    expect(html.ok && html.data.title).to.equal('<script>alert(1)</script>');
  });
});
