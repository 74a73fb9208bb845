import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect } from 'chai';
import { createI18n, type I18n } from '../../src/platform/i18n.ts';

describe('words', () => {
  let folder: string;
  let i18n: I18n;
  const missing: string[] = [];

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'xinzhi-words-'));
    const write = (locale: string, words: object) => {
      mkdirSync(join(folder, locale));
      writeFileSync(join(folder, locale, 'common.json'), JSON.stringify(words));
    };
    write('zh-CN', { page: { hello: '您好，{{name}}', files_one: '{{count}} 件', files_other: '{{count}} 件', nested: '$t(page.hello) !', only: '只有中文' } });
    write('en', { page: { hello: 'Hello {{ name }}', files_one: '{{count}} file', files_other: '{{count}} files', nested: '$t(page.hello) !' } });
    i18n = createI18n({ folder: pathToFileURL(`${folder}/`), onMissing: (locale, key) => missing.push(`${locale} ${key}`) });
  });
  after(() => rmSync(folder, { recursive: true }));

  it('take values in their places, unescaped, as pages escape what they print', () => {
    expect(i18n.translator('zh-CN')('page.hello', { name: '<b>$1{{x}}' })).to.equal('您好，<b>$1{{x}}');
    expect(i18n.translator('en')('common:page.hello', { name: 3 })).to.equal('Hello 3');
  });

  it('count by the rules of the language', () => {
    const english = i18n.translator('en');
    expect([0, 1, 2].map((count) => english('page.files', { count }))).to.deep.equal(['0 files', '1 file', '2 files']);
    expect(i18n.translator('zh-CN')('page.files', { count: 1 })).to.equal('1 件');
  });

  it('may nest, though slowly', () => {
    expect(i18n.translator('en')('page.nested', { name: 'Li' })).to.equal('Hello Li !');
  });

  it('fall back to Chinese', () => {
    expect(i18n.translator('en')('page.only')).to.equal('只有中文');
    expect(i18n.has('en', 'page.only')).to.equal(false);
  });

  it('for a place of which nothing is known leave it empty and tell', () => {
    expect(i18n.translator('en')('common:page.hello', { name: null })).to.equal('Hello ');
    expect(missing.splice(0)).to.deep.equal(['en common:page.hello {{name}}']);
  });

  it('that nobody wrote show their key and are told', () => {
    expect(i18n.translator('en')('page.none')).to.equal('page.none');
    expect(missing.splice(0)).to.deep.equal(['zh-CN common:page.none']);
  });
});
