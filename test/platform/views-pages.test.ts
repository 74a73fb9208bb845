import { readFileSync, readdirSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect } from 'chai';
import request from 'supertest';
import type { IconName } from '../../src/platform/http/view-models.ts';
import { createI18n } from '../../src/platform/i18n.ts';
import { locales } from '../../src/rules/people.ts';
import { createLooks, SPECIMENS } from '../../scripts/looks.ts';
import { VIEWS } from './views-render.ts';

const sources = readdirSync(VIEWS, { recursive: true, encoding: 'utf8' }).filter((f) => /^(layouts|partials|specimen)\b.*\.ejs$/.test(f));
const read = (file: string): string => readFileSync(join(VIEWS, file), 'utf8');

describe('the specimen pages', () => {
  let server: Server;
  let base: string;

  before((done) => {
    const i18n = createI18n({ onMissing: (locale, key) => { throw new Error(`no words for ${key} in ${locale}`); } });
    server = createServer(createLooks(i18n)).listen(0, '127.0.0.1', () => {
      base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      done();
    });
  });
  after((done) => { server.close(done); });

  for (const name of SPECIMENS) {
    for (const locale of locales) {
      it(`"${name}" in ${locale} has words for everything, one heading, its landmarks, and nothing inline`, async () => {
        const { text: html, status } = await request(base).get(`/${name}?lang=${locale}`);
        expect(status).to.equal(200);
        expect(html).to.contain(`<html lang="${locale}">`).and.contain('<main id="main"').and.contain('href="#main"');
        expect(html.match(/<h1/g)).to.have.length(1);
        expect(html).not.to.match(/\sstyle="|<style|\son[a-z]+="|javascript:/);
        expect(html.match(/<script/g)).to.have.length(1);
        const ids = [...html.matchAll(/\sid="([^"]+)"/g)].map((m) => m[1]);
        expect(ids.filter((id, i) => ids.indexOf(id) !== i), 'ids used twice').to.deep.equal([]);
        for (const key of html.match(/\b(ui|common):[a-z]+\.[a-zA-Z.]+/g) ?? []) expect.fail(`${key} is shown as a key`);
      });
    }
  }

  it('offer the other language and come back to the same page', async () => {
    const { text: html } = await request(base).get('/list?lang=en');
    expect(html).to.contain('/language?to=zh-CN&amp;back=%2Flist%3Flang%3Den');
  });

  it('for a stranger have no sign-out', async () => {
    const { text: html } = await request(base).get('/public');
    expect(html).not.to.contain('action="/logout"');
  });
});

describe('the templates', () => {
  it('use only icons that the sprite has, and the sprite has no others', () => {
    const known: Record<IconName, true> = {
      alert: true, 'arrow-left': true, 'arrow-right': true, bell: true, book: true, calendar: true, chart: true, check: true, chevron: true,
      clock: true, cross: true, download: true, exit: true, eye: true, file: true, flag: true, globe: true, home: true, inbox: true, info: true,
      list: true, lock: true, mail: true, megaphone: true, menu: true, pause: true, people: true, person: true, plus: true, print: true,
      search: true, settings: true, shield: true, sort: true, upload: true,
    };
    const sprite = [...read('assets/icons.svg').matchAll(/<symbol id="([^"]+)"/g)].map((m) => m[1]);
    expect(sprite).to.have.members(Object.keys(known));
    for (const file of sources) {
      for (const [, icon] of read(file).matchAll(/include\('(?:partials\/)?icon', \{ it: '([^']+)'/g)) expect(sprite, file).to.include(icon);
    }
  });

  it('hold no words of their own', () => {
    for (const file of sources) expect(read(file), file).not.to.match(/\p{Script=Han}/u);
  });

  it('use every text of ui.json', () => {
    const pages = readdirSync(VIEWS, { recursive: true, encoding: 'utf8' }).filter((f) => f.endsWith('.ejs'));
    const all = pages.map(read).join('\n') + readFileSync(new URL('../../src/platform/http/moments.ts', import.meta.url), 'utf8');
    const walk = (node: object, path: string): string[] => Object.entries(node).flatMap(([k, v]) => (typeof v === 'string' ? [`${path}${k}`] : walk(v as object, `${path}${k}.`)));
    const ui = JSON.parse(readFileSync(new URL('../../locales/zh-CN/ui.json', import.meta.url), 'utf8')) as object;
    const keys = walk(ui, '').map((key) => key.replace(/_(one|other)$/, ''));
    // Keys are put together at most in their last two parts: `ui:deadline.${scale}.${unit}`.
    const used = (key: string): boolean => {
      const parts = key.split('.');
      return [`'ui:${key}'`, `ui:${parts.slice(0, -1).join('.')}.\${`, `ui:${parts.slice(0, -2).join('.')}.\${`].some((needle) => all.includes(needle)) || (parts[0] === 'moment' && all.includes(`'${parts[1]}'`));
    };
    expect([...new Set(keys)].filter((key) => !used(key))).to.deep.equal([]);
  });
});
