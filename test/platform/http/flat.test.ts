import { expect } from 'chai';
import fc from 'fast-check';
import { BadRequest, HttpProblem } from '../../../src/platform/http/errors.ts';
import { field, text, withRows } from '../../../src/platform/http/fields.ts';
import { assertUtf8, checkAddress, entriesOfPairs, fieldsOf, queryFields, refusedInJson, rowsNamed } from '../../../src/platform/http/flat.ts';
import { readForm } from '../../../src/platform/http/forms.ts';
import { createI18n } from '../../../src/platform/i18n.ts';
import { z } from 'zod';
import { hostileBytes, hostileNames, hostileText } from '../../support/hostile.ts';

const t = createI18n({ onMissing: (locale, key) => { throw new Error(`${locale} ${key}`); } }).translator('zh-CN');

/** What a browser sends for these fields. */
const posted = (entries: readonly (readonly [string, string])[]): string => new URLSearchParams(entries.map(([name, value]): [string, string] => [name, value])).toString();
const thrown = (work: () => unknown): unknown => {
  try {
    work();
    return null;
  } catch (error) {
    return error;
  }
};

describe('fields of a form', () => {
  it('come as they were sent, by name and no deeper', () => {
    const name = fc.oneof(fc.constantFrom(...hostileNames), fc.string({ maxLength: 8 }));
    fc.assert(fc.property(fc.array(fc.tuple(name, fc.string()), { maxLength: 8 }), (entries) => {
      const read = entriesOfPairs(posted(entries), 1000);
      expect(read).to.deep.equal([...new URLSearchParams(posted(entries))]);
    }));
    const fields = fieldsOf(hostileNames.map((one) => [one, 'x']));
    expect(Object.keys(fields)).to.have.members([...hostileNames]);
    for (const value of Object.values(fields)) expect(value).to.equal('x');
    expect(({} as Record<string, unknown>)['a']).to.equal(undefined);
  });

  it('of one name are all of its values', () => {
    expect({ ...fieldsOf([['a', '1'], ['b', '2'], ['a', '3']]) }).to.deep.equal({ a: ['1', '3'], b: '2' });
  });

  it('that may not come in are read by nobody, and said beside the field with what was typed', () => {
    fc.assert(fc.property(hostileBytes, ({ text: typed, before }) => {
      const body = fieldsOf(entriesOfPairs(posted([['title', typed], ['other', 'x']]), 1000)!);
      expect(body['other']).to.equal('x');
      expect(thrown(() => body['title'])).to.be.instanceOf(BadRequest).with.nested.property('params.place', 'title');
      expect(thrown(() => ({ ...body }))).to.be.instanceOf(BadRequest);
      const read = readForm(z.object({ other: field((one) => one) }), body, t);
      if (read.ok) throw new Error('it was taken');
      expect(read.form.values['title']).to.equal(typed);
      expect(read.form.errors['title']).to.match(new RegExp(`^第 ${[...before].length + 1} 个字符`));
    }));
  });

  it('that are no UTF-8 are refused where they stand', () => {
    const gbk = 'title=%CB%DE%C7%A8&other=x';
    const read = readForm(z.object({ title: text({ max: 9 }) }), fieldsOf(entriesOfPairs(gbk, 1000)!), t);
    expect(read.ok ? null : read.form.errors).to.deep.equal({ title: '第 1 个字符（U+FFFD）是乱码，请核对原文后重新输入。' });
  });

  it('are rows only where the form has rows, so many and no more', () => {
    const schema = withRows(z.object({ parts: z.array(z.object({ unit: z.string().default('') })).max(3) }), { parts: 3 });
    const rows = readForm(schema, fieldsOf([['parts[0][unit]', 'a'], ['parts[2][unit]', 'c']]), t);
    expect(rows.ok ? rows.data.parts : null).to.deep.equal([{ unit: 'a' }, { unit: '' }, { unit: 'c' }]);
    expect(readForm(schema, fieldsOf([['parts[9999][unit]', 'a']]), t).ok).to.equal(false);
    expect(rowsNamed({ 'parts[4294967294][unit]': 'x', 'parts[0][a][b]': 'x', 'parts[]': 'x', 'parts[-1][a]': 'x' }, 'parts', 20)).to.deep.equal([]);
  });

  it('cost the time of their length, whatever they are called', () => {
    const many = Array.from({ length: 1000 }, (_, n) => [`${hostileNames[n % hostileNames.length]!}${n}`, 'x'.repeat(900)] as const);
    const began = process.cpuUsage();
    fieldsOf(entriesOfPairs(posted(many), 1000)!);
    expect(entriesOfPairs('&'.repeat(1_000_000), 1000)).to.deep.equal([]);
    expect(entriesOfPairs('a&'.repeat(500_000), 1000)).to.equal(null);
    expect(thrown(() => fieldsOf(entriesOfPairs(`a=${'%ff+'.repeat(250_000)}`, 1000)!)['a'])).to.be.instanceOf(BadRequest);
    const { user } = process.cpuUsage(began);
    expect(user / 1000, 'milliseconds').to.be.below(1500);
  });
});

describe('an address', () => {
  for (const wrong of ['/a%00b', '/%', '/%zz', '/a%ff', '/a%ED%A0%80', '/a%0d%0ab', '/a?b=%00', '/a?%00=b', '/a?b=%EF%BF%BD', '/a?b=%C0%AF', '/a?b=%EE%80%80', `/a?${'b&'.repeat(1001)}`, `/a?${'b'.repeat(201)}=1`]) {
    it(`${wrong.slice(0, 30)} is refused`, () => expect(thrown(() => checkAddress(wrong))).to.be.instanceOf(BadRequest));
  }

  for (const right of ['/', '/a?b=100%', '/信用?q=%E4%BF%A1', '/a?b=1&b=2', '/a?b[c]=d&__proto__=x', '/a?b=%0A', '/a?', '/a?&&']) {
    it(`${right} is taken`, () => expect(checkAddress(Buffer.from(right, 'utf8').toString('latin1'))).to.equal(undefined));
  }

  it('has its parameters by name and no deeper, and no others', () => {
    expect({ ...queryFields('a=1&a=2&b[c]=3&d') }).to.deep.equal({ a: ['1', '2'], 'b[c]': '3', d: '' });
    expect(queryFields('version[toString]=1')['version']).to.equal(undefined);
    expect(queryFields(null)['toString']).to.equal(undefined);
  });

  it('of any bytes is answered, by a page or a refusal', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 40 }).map((bytes) => `/${Buffer.from(bytes).toString('latin1')}`), (address) => {
      const error = thrown(() => checkAddress(address));
      expect(error === null || error instanceof HttpProblem).to.equal(true);
      for (const value of Object.values(queryFields(address))) expect(typeof value === 'string' || Array.isArray(value)).to.equal(true);
    }));
  });
});

describe('JSON', () => {
  it('is looked at in all of its texts, and says where', () => {
    fc.assert(fc.property(hostileText, ({ text: sent }) => {
      const body: unknown = JSON.parse(JSON.stringify({ title: 'x', subjects: [{ name: 'x' }, { name: sent }] }));
      expect([...refusedInJson(body).keys()]).to.deep.equal(['subjects[1][name]']);
      expect(refusedInJson({ [sent]: 1 }).size).to.equal(1);
    }));
    expect(refusedInJson({ a: ['〔2026〕', { b: '😀' }], c: 1, d: null }).size).to.equal(0);
  });

  it('deeper than anything that is asked for is refused, and costs no stack', () => {
    expect(thrown(() => refusedInJson(JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`)))).to.be.instanceOf(BadRequest);
  });

  it('in another encoding is refused with the place', () => {
    expect(thrown(() => assertUtf8(Buffer.from([0x7b, 0x22, 0xcb, 0xde])))).to.be.instanceOf(BadRequest).with.nested.property('params.position', 3);
    expect(thrown(() => assertUtf8(Buffer.from('{"a":"信\uFFFD"}')))).to.equal(null);
  });
});
