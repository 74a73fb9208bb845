import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { compileAll, createViewEngine } from '../../../src/platform/http/views.ts';

describe('views', () => {
  let folder: string;
  const write = (name: string, text: string) => {
    mkdirSync(join(folder, name, '..'), { recursive: true });
    writeFileSync(join(folder, name), text);
  };
  const render = (name: string, locals: object, cached = true) => {
    let page: string | undefined;
    createViewEngine(folder, { cached })(join(folder, name), locals, (error, html) => {
      if (error instanceof Error) throw error;
      page = html;
    });
    return page;
  };

  beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'xinzhi-views-')); });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('escape what is printed', () => {
    write('a.ejs', '<%= it %>');
    expect(render('a.ejs', { it: `<script>"'&` })).to.equal('&lt;script&gt;&#34;&#39;&amp;');
  });

  it('include from their own folder first, else from that of all views', () => {
    write('feature/page.ejs', `<%- include('part') %><%- include('partials/part') %>`);
    write('feature/part.ejs', 'own ');
    write('partials/part.ejs', 'common');
    expect(render('feature/page.ejs', {})).to.equal('own common');
  });

  it('hand their locals down to what they include, with what the include says in front', () => {
    write('page.ejs', `<%= it %><%- include('part', { it: 2 }) %><%= it %>`);
    write('part.ejs', `<%= it %><%= word %><%- include('inner', { own: it + 1 }) %>`);
    write('inner.ejs', '<%= own %><%= it %><%= locals.absent ? 1 : 0 %>');
    expect(render('page.ejs', { it: 1, word: 'w' })).to.equal('12w3201');
  });

  it('are drawn with what this page gave, not with what the one before gave', () => {
    write('page.ejs', `<%- include('part') %>`);
    write('part.ejs', `<%= typeof word === 'undefined' ? 'none' : word %><% { const word = 'own'; %><%= word %><% } %>`);
    const engine = createViewEngine(folder, { cached: true });
    const pages: (string | undefined)[] = [];
    for (const locals of [{ word: 'first' }, {}, { word: 'third', more: 1 }]) engine(join(folder, 'page.ejs'), locals, (_error, html) => pages.push(html));
    expect(pages).to.deep.equal(['firstown', 'noneown', 'thirdown']);
  });

  it('may have a constant of the name of something given', () => {
    write('page.ejs', `<% const word = locals.word + '!'; %><%= word %>`);
    expect(render('page.ejs', { word: 'given' })).to.equal('given!');
  });

  it('name the file and line of a mistake', () => {
    write('page.ejs', 'one\n<%= nothing.here %>');
    expect(() => render('page.ejs', {})).to.throw(/page\.ejs:2[\s\S]*nothing is not defined/);
    write('lost.ejs', `<%- include('nowhere') %>`);
    expect(() => render('lost.ejs', {})).to.throw(/nowhere, which does not exist/);
  });

  it('are compiled all at once, and a broken one is told', () => {
    write('good.ejs', '<% if (x) { %>1<% } %>');
    expect(() => compileAll(folder)).not.to.throw();
    write('bad/page.ejs', '<% if (x) { %>1');
    expect(() => compileAll(folder)).to.throw(/page\.ejs/);
  });
});
