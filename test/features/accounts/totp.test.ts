import { expect } from 'chai';
import { newTotpSecret, totpAddress, totpAt, totpStep } from '../../../src/features/accounts/totp.ts';

/** RFC 6238, appendix B, SHA-1: the secret `12345678901234567890` in Base32. Its codes have eight figures, of which the last six are the code of six. */
const SECRET = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';
const VECTORS = [
  [59, '94287082'], [1111111109, '07081804'], [1111111111, '14050471'], [1234567890, '89005924'], [2000000000, '69279037'], [20000000000, '65353130'],
] as const;

describe('codes of an app', () => {
  for (const [seconds, code] of VECTORS) {
    it(`are those of RFC 6238 at ${seconds} s`, () => {
      expect(totpAt(SECRET, new Date(seconds * 1000))).to.equal(code.slice(2));
      expect(totpStep(SECRET, code.slice(2), new Date(seconds * 1000))).to.equal(Math.floor(seconds / 30));
    });
  }

  it('are taken one step before and after, and no further', () => {
    const now = new Date(1_790_000_010_000);
    const taken = [-2, -1, 0, 1, 2].map((steps) => totpStep(SECRET, totpAt(SECRET, new Date(now.getTime() + steps * 30_000)), now));
    const step = Math.floor(now.getTime() / 30_000);
    expect(taken).to.deep.equal([null, step - 1, step, step + 1, null]);
  });

  for (const typed of ['', '12345', '1234567', 'abcdef', '１２３４５６', '-12345']) {
    it(`are never ${JSON.stringify(typed)}`, () => expect(totpStep(SECRET, typed, new Date())).to.equal(null));
  }

  it('come from 160 random bits, told to the app by name of system and user', () => {
    const secret = newTotpSecret();
    expect(secret).to.match(/^[A-Z2-7]{32}$/);
    expect(newTotpSecret()).not.to.equal(secret);
    const address = new URL(totpAddress(secret, '信治', 'scjg.leader'));
    expect(address.protocol).to.equal('otpauth:');
    expect(address.searchParams.get('secret')).to.equal(secret);
    expect(decodeURIComponent(address.pathname)).to.contain('信治:scjg.leader');
  });
});
