import { expect } from 'chai';
import fc from 'fast-check';
import { isCommonPassword } from '../../src/rules/common-passwords.ts';

describe('common passwords', () => {
  for (const password of [
    'Password1!', 'P@ssw0rd', 'Qwer1234!', 'Admin@123', 'Suqian@2026', 'Xinzhi-demo-2026', 'Woaini520!', '1qaz@WSX', 'Aa123456', 'Abc123!!', 'Zhang19850412!',
    'Qwertyuiop1', 'Welcome2026#', 'Xx888888', '!QAZ2wsx', 'A1b2c3d4!', 'Xinyong@2026', 'Mima1234', 'Ｐassword１２３', '5201314Aa',
  ]) {
    it(`are ${password}`, () => expect(isCommonPassword(password)).to.equal(true));
  }

  it('are those of one\'s own name too', () => {
    expect(isCommonPassword('Haiyan@1987')).to.equal(false);
    expect(isCommonPassword('Haiyan@1987', ['Wang', 'Haiyan'])).to.equal(true);
  });

  for (const password of ['Neu-Passwort-7', 'Regen-Bogen-17', 'kT9#vmqz2L', 'aB1-efghi', 'correct Horse 7 battery', '黄山松 Xk7 长江', 'Blau7-Haus-Tor']) {
    it(`are not ${password}`, () => expect(isCommonPassword(password)).to.equal(false));
  }

  it('are hardly ever what a machine draws, and every text is answered in no time', () => {
    const drawn = Array.from({ length: 2000 }, () => fc.sample(fc.string({ minLength: 12, maxLength: 14 }), 1)[0]!);
    expect(drawn.filter((one) => isCommonPassword(one)).length).to.be.below(20);
    const began = performance.now();
    isCommonPassword('a1'.repeat(64), ['Wang']);
    expect(performance.now() - began).to.be.below(100);
  });
});
