import { expect } from 'chai';
import fc from 'fast-check';
import { isBelow, localPath, withQuery } from '../../../src/platform/http/paths.ts';

describe('a local address', () => {
  for (const [given, expected] of [
    ['/', '/'],
    ['/tasks/1?x=1&y=2', '/tasks/1?x=1&y=2'],
    ['/tasks/1#part', '/tasks/1'],
    ['/a/../b', '/b'],
    ['/查询?q=信用', '/%E6%9F%A5%E8%AF%A2?q=%E4%BF%A1%E7%94%A8'],
  ] as const) {
    it(`${given} leads to ${expected}`, () => expect(localPath(given)).to.equal(expected));
  }

  for (const foreign of [
    'https://evil.example/', '//evil.example/', '/\\evil.example', '\\\\evil.example', 'evil.example', 'javascript:alert(1)',
    '/\t/evil.example', '/..//evil.example', '/.//evil.example', '/a/..//evil.example', '/%2e%2e//evil.example', '/%2E//evil.example/a?b', '/a%00', '/a%0d%0aSet-Cookie:x', '/a?b=%00', '/a?b=%FF', '/a\r\nSet-Cookie: x=1', ' /a', '', `/${'a'.repeat(2001)}`, undefined, null, 7, ['/a'],
  ]) {
    it(`${JSON.stringify(foreign)?.slice(0, 40)} is none`, () => expect(localPath(foreign)).to.equal(null));
  }
});

describe('any address that is taken for local', () => {
  const piece = fc.constantFrom('/', '//', '\\', '.', '..', '%2e', '%2E%2e', '%2f', '%5c', '%00', '%0a', '\t', '\n', '\r', '\0', ' ', '@', ':', 'evil.example', 'https:', '?', '#', 'a', '信', '\u200b', '\ud800', '；');
  it('stays on this site, as a browser reads it, also when it is read twice', () => {
    fc.assert(fc.property(fc.array(piece, { maxLength: 12 }).map((pieces) => `/${pieces.join('')}`), (given) => {
      const path = localPath(given);
      if (path === null) return;
      const there = new URL(path, 'https://xinzhi.example/login');
      expect(there.origin).to.equal('https://xinzhi.example');
      expect(new URL(withQuery(path, { cause: 'x' }), 'https://xinzhi.example/login').origin).to.equal('https://xinzhi.example');
      expect(localPath(path)).to.equal(path);
      expect(path).to.match(/^\/(?![/\\])[\x21-\x7e]*$/);
    }), { numRuns: 20_000 });
  });
});

describe('parts of an address', () => {
  it('a path is below another by whole segments', () => {
    expect(isBelow('/admin/people', '/admin')).to.equal(true);
    expect(isBelow('/administration', '/admin')).to.equal(false);
    expect(isBelow('/anything', '/')).to.equal(true);
  });

  it('a parameter is set, replaced and taken away, the others stay', () => {
    expect(withQuery('/list?a=1&after=x', { after: 'y', b: '信' })).to.equal('/list?a=1&after=y&b=%E4%BF%A1');
    expect(withQuery('/list?a=1&after=x', { after: null })).to.equal('/list?a=1');
  });
});
