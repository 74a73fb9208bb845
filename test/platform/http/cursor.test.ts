import { expect } from 'chai';
import { z } from 'zod';
import { createCursors } from '../../../src/platform/http/cursor.ts';
import { BadRequest } from '../../../src/platform/http/errors.ts';
import { createSigner } from '../../../src/platform/http/signer.ts';

const cursors = createCursors('a secret');
const position = z.tuple([z.string(), z.number()]);

describe('a cursor', () => {
  it('comes back as it was made', () => {
    expect(cursors.decode('people', cursors.encode('people', ['名', 7]), position)).to.deep.equal(['名', 7]);
  });

  it('is not needed for the first page', () => {
    expect(cursors.decode('people', undefined, position)).to.equal(undefined);
    expect(cursors.decode('people', '', position)).to.equal(undefined);
  });

  const good = cursors.encode('people', ['名', 7]);
  for (const [what, forged] of [
    ['made up', 'abc'],
    ['with another position under the same signature', `${Buffer.from('["x",1]').toString('base64url')}.${good.split('.')[1]!}`],
    ['with a changed signature', `${good.slice(0, -2)}${good.endsWith('AA') ? 'BB' : 'AA'}`],
    ['signed with another secret', createCursors('another').encode('people', ['名', 7])],
    ['of another list', cursors.encode('units', ['名', 7])],
    ['of another shape', cursors.encode('people', { drop: 'table' })],
    ['given twice', [good, good]],
    ['far too long', 'a'.repeat(5000)],
  ] as const) {
    it(`${what} is refused`, () => {
      expect(() => cursors.decode('people', forged, position)).to.throw(BadRequest);
    });
  }
});

describe('a signature', () => {
  it('holds for its purpose only', () => {
    const signed = createSigner('secret', 'flash').sign('text');
    expect(createSigner('secret', 'flash').verify(signed)).to.equal('text');
    expect(createSigner('secret', 'cursor').verify(signed)).to.equal(null);
  });
});
