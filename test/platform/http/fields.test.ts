import { expect } from 'chai';
import fc from 'fast-check';
import { z } from 'zod';
import { choice, choices, day, dayTime, decimal, integer, isDay, mailAddress, mustTick, optional, rows, text, tick, webAddress } from '../../../src/platform/http/fields.ts';
import { filled, labelledSummary, newForm, readForm, valuesOf } from '../../../src/platform/http/forms.ts';
import { createI18n } from '../../../src/platform/i18n.ts';

const i18n = createI18n({ onMissing: (locale, key) => { throw new Error(`no words for ${key} in ${locale}`); } });
const t = i18n.translator('zh-CN');

/** The value a field takes, or the sentence that refuses it. */
function take<T>(schema: z.ZodType<T, unknown>, value: unknown, translate = t): T | string {
  const read = readForm(z.object({ it: schema }), { it: value }, translate);
  return read.ok ? read.data.it : read.form.errors['it']!;
}

describe('a text field', () => {
  const title = text({ max: 10 });

  it('takes what was typed, trimmed and composed', () => {
    expect(take(title, '  标题  ')).to.equal('标题');
    expect(take(title, 'e\u0301')).to.equal('é');
  });

  it('keeps HTML and script as the text it is', () => {
    expect(take(text({ max: 99 }), '<script>alert(1)</script>')).to.equal('<script>alert(1)</script>');
  });

  for (const nothing of [undefined, null, '', '   ', '\n']) {
    it(`${JSON.stringify(nothing) ?? 'absence'} is nothing`, () => expect(take(title, nothing)).to.equal('请填写此项。'));
  }

  for (const [what, wrong] of [['a list', ['a']], ['an object', { a: 1 }], ['a truth', true]] as const) {
    it(`${what} is no text`, () => expect(take(title, wrong)).to.equal('所填内容无法识别，请重新填写。'));
  }

  it('over-long is refused with both lengths, counted as a reader counts', () => {
    expect(take(title, '信'.repeat(11))).to.equal('不超过 10 字，现为 11 字。');
    expect(take(title, '😀'.repeat(10))).to.equal('😀'.repeat(10));
  });

  it('loses marks that are not seen, and is empty when it has nothing else', () => {
    for (const mark of ['\u202e', '\u2066', '\u200b', '\u00ad', '\ufeff']) {
      expect(take(title, `a${mark}b`)).to.equal('ab');
      expect(take(title, mark)).to.equal('请填写此项。');
    }
  });

  it('with a character that may not come in is refused, with its place', () => {
    expect(take(title, '😀\u0000b')).to.equal('第 2 个字符（U+0000）是控制字符，不能录入，请删去后重新输入。');
    expect(take(title, 'ab\ud800')).to.equal('第 3 个字符（U+D800）不完整，请删去后重新输入。');
    expect(take(title, '\ufdd0')).to.equal('第 1 个字符（U+FDD0）不是有效字符，请删去后重新输入。');
    expect(take(title, '\ue000')).to.equal('第 1 个字符（U+E000）是自造字，其他单位无法显示，请改用标准汉字。');
    expect(take(title, 'a\ufffd')).to.equal('第 2 个字符（U+FFFD）是乱码，请核对原文后重新输入。');
  });

  it('of several lines keeps them, whatever the browser ends a line with', () => {
    expect(take(text({ max: 99, lines: true }), 'a\r\nb\rc')).to.equal('a\nb\nc');
    expect(take(title, 'a\nb')).to.equal('此项只能填写一行，请删去换行。');
  });
});

describe('a date field', () => {
  it('refuses a day that does not exist, and names it', () => {
    expect(take(day(), '2026-02-30')).to.equal('没有“2026-02-30”这一天。日期按年-月-日填写，如 2026-09-24。');
    for (const wrong of ['2026-13-01', '2025-02-29', '24.9.2026', '2026-9-4', '0000-01-01', 'tomorrow']) expect(take(day(), wrong), wrong).to.contain(wrong);
  });

  it('takes the leap day of a leap year', () => expect(take(day(), '2024-02-29')).to.equal('2024-02-29'));

  it('refuses a day in the future where the past is asked for', () => {
    expect(take(day({ notAfter: '2026-09-24' }), '2026-09-25')).to.equal('不晚于 2026-09-24，现为 2026-09-25。');
    expect(take(day({ notAfter: '2026-09-24' }), '2026-09-24')).to.equal('2026-09-24');
  });

  it('refuses a day before the first possible', () => {
    expect(take(day({ notBefore: '2026-01-01' }), '2025-12-31', i18n.translator('en'))).to.equal('Not before 2026-01-01; it is 2025-12-31.');
  });

  it('agrees with the calendar of the machine on every day', () => {
    fc.assert(fc.property(fc.date({ min: new Date('1900-01-01'), max: new Date('2100-12-31'), noInvalidDate: true }), (date) => {
      const iso = date.toISOString().slice(0, 10);
      expect(isDay(iso)).to.equal(true);
    }));
  });

  it('with a time means the wall clock of Shanghai, wherever the host stands', () => {
    expect(take(dayTime(), '2026-09-24T17:30')).to.deep.equal(new Date('2026-09-24T09:30:00Z'));
    expect(take(dayTime(), '2026-09-24T24:00')).to.contain('不是有效时间');
    expect(take(dayTime(), '2026-02-30T10:00')).to.contain('没有“2026-02-30”这一天');
  });

  it('with a time that is still to come is refused', () => {
    const now = new Date('2026-09-24T09:30:00Z');
    expect(take(dayTime({ notAfter: now }), '2026-09-24T17:31')).to.equal('2026-09-24 17:31 尚未到来，请核对。');
    expect(take(dayTime({ notAfter: now }), '2026-09-24T17:30')).to.deep.equal(now);
  });
});

describe('other fields', () => {
  it('a choice takes only what is offered', () => {
    expect(take(choice(['a', 'b']), 'b')).to.equal('b');
    expect(take(choice(['a', 'b']), 'c')).to.equal('“c”不在可选范围内，请重新选择。');
    expect(take(choice(['a', 'b']), ['a', 'b'])).to.equal('所填内容无法识别，请重新填写。');
  });

  it('choices take one, many or none, each once', () => {
    const units = choices(['a', 'b', 'c']);
    expect(take(units, undefined)).to.deep.equal([]);
    expect(take(units, 'b')).to.deep.equal(['b']);
    expect(take(units, ['c', 'a', 'a'])).to.deep.equal(['a', 'c']);
    expect(take(units, ['a', 'x'])).to.equal('“x”不在可选范围内，请重新选择。');
    expect(take(choices(['a'], { least: 1 }), undefined)).to.equal('至少选择 1 项。');
  });

  it('a whole number has no tail and stays within its bounds', () => {
    const days = integer({ min: 1, max: 30 });
    expect(take(days, '30')).to.equal(30);
    expect(take(days, 7)).to.equal(7);
    for (const wrong of ['1.5', '1e1', '0x10', 'x', '9'.repeat(16)]) expect(take(days, wrong)).to.equal(`“${wrong}”不是整数。`);
    expect(take(days, '31')).to.equal('应在 1 至 30 之间，现为 31。');
    expect(take(integer({ min: 1, max: 36, of: 'month' }), '40')).to.equal('应在 1 至 36 个月之间，现为 40。');
  });

  it('an amount keeps its figures exactly', () => {
    const amount = decimal({ max: 1e12 });
    expect(take(amount, '20,000')).to.equal('20000');
    expect(take(amount, '0.10')).to.equal('0.10');
    expect(take(amount, '007.5')).to.equal('7.5');
    expect(take(amount, '1.234')).to.equal('小数不超过 2 位，现为 1.234。');
    for (const wrong of ['-1', '1e9', '.5', '一万', '=1+1']) expect(take(amount, wrong)).to.contain('不是数字');
  });

  it('boxes, addresses and links say what they are not', () => {
    expect(take(tick, 'on')).to.equal(true);
    expect(take(tick, undefined)).to.equal(false);
    expect(take(mustTick, undefined)).to.equal('请勾选。');
    expect(take(mailAddress, 'a@b.example')).to.equal('a@b.example');
    expect(take(mailAddress, 'a@b@c')).to.equal('“a@b@c”不是有效的邮箱地址。');
    expect(take(webAddress, 'https://a.example/x')).to.equal('https://a.example/x');
    expect(take(webAddress, 'javascript:alert(1)')).to.contain('不是有效的网址');
  });

  it('left empty, an optional one is null, and a wrong one still wrong', () => {
    expect(take(optional(day()), ' ')).to.equal(null);
    expect(take(optional(day()), '2026-02-30')).to.contain('没有');
  });
});

describe('a form', () => {
  const schema = z.object({
    title: text({ max: 5 }),
    subjects: rows(z.object({ name: text({ max: 5 }), on: day() }), { most: 2 }),
  });

  it('gives clean data when all is well', () => {
    const read = readForm(schema, { title: ' a ', subjects: { 0: { name: 'n', on: '2026-01-01' } } }, t);
    expect(read).to.deep.equal({ ok: true, data: { title: 'a', subjects: [{ name: 'n', on: '2026-01-01' }] } });
  });

  it('keeps what was typed and names each wrong field as the browser does', () => {
    const typed = { title: '', subjects: [{ name: 'n', on: '2026-02-30' }], _csrf: 'x', newPassword: 'secret' };
    const read = readForm(schema, typed, t);
    if (read.ok) throw new Error('it was taken');
    expect(read.form.values).to.deep.equal({ title: '', subjects: typed.subjects });
    expect(Object.keys(read.form.errors)).to.deep.equal(['title', 'subjects[0][on]']);
    expect(labelledSummary(read.form, [{ kind: 'text', name: 'title', id: 'the-title', label: '案由' }], t).errors[0])
      .to.deep.equal({ field: 'the-title', message: '案由：请填写此项。' });
    expect(filled(read.form, 'title')).to.deep.equal({ name: 'title', value: '', error: '请填写此项。' });
  });

  it('is told of in the order of the fields of the page, and what belongs to none of them last', () => {
    const form = { values: {}, errors: { whole: '整体有误。', second: '乙有误。', first: '甲有误。' } };
    const shown = ['first', 'second'].map((name) => ({ kind: 'text' as const, name, label: name }));
    expect(labelledSummary(form, shown, t).errors.map(({ field }) => field)).to.deep.equal(['first', 'second', undefined]);
  });

  it('has an end to its rows', () => {
    const row = { name: 'n', on: '2026-01-01' };
    const read = readForm(schema, { title: 'a', subjects: [row, row, row] }, t);
    expect(read.ok ? null : read.form.errors['subjects']).to.equal('不超过 2 项。');
  });

  for (const body of [undefined, null, 'text', 7, []]) {
    it(`posted as ${JSON.stringify(body) ?? 'nothing'} has every field missing and breaks nothing`, () => {
      const read = readForm(schema, body, t);
      expect(read.ok ? null : read.form.errors['title']).to.equal('请填写此项。');
    });
  }

  it('boxes that are not ticked send nothing, and that is an answer', () => {
    const boxes = z.object({ units: choices(['a', 'b']), active: tick, least: choices(['a'], { least: 1 }) });
    expect(readForm(boxes, { least: 'a' }, t)).to.deep.equal({ ok: true, data: { units: [], active: false, least: ['a'] } });
    const none = readForm(boxes, {}, t);
    expect(none.ok ? null : none.form.errors).to.deep.equal({ least: '至少选择 1 项。' });
  });

  it('gives one value of many, and many of one', () => {
    expect(valuesOf(newForm({ units: 'a' }), 'units')).to.deep.equal(['a']);
    expect(valuesOf(newForm({ units: ['a', 'b'] }), 'units')).to.deep.equal(['a', 'b']);
    expect(valuesOf(newForm(), 'units')).to.deep.equal([]);
  });

  it('understands checks of Zod itself', () => {
    const read = readForm(z.object({ a: z.string(), b: z.number().max(3) }), { b: 5 }, t);
    expect(read.ok ? null : read.form.errors).to.deep.equal({ a: '请填写此项。', b: '不超过 3。' });
  });
});
