import { expect } from 'chai';
import { createTestWeb, DEMO_PASSWORD, hidden, type TestBrowser, type TestWeb } from '../../support/web.ts';

const NEW = 'Neu-Passwort-7';

describe('my settings', () => {
  let web: TestWeb;
  let browser: TestBrowser;
  before(async () => { web = await createTestWeb(); });
  after(() => web.close());
  beforeEach(async () => {
    browser = web.browser();
    await browser.signIn('scjg.handler');
  });
  const change = (fields: Record<string, string>, by = browser) =>
    by.submit('/settings/password', { currentPassword: DEMO_PASSWORD, newPassword: NEW, repeatedPassword: NEW, ...fields });

  it('show who I am, in which unit and role', async () => {
    const { text } = await browser.get('/settings');
    expect(text).to.contain('王海燕').and.to.contain('scjg.handler').and.to.contain('市市场监管局 · 经办人');
  });

  it('change mail and language, and the next page speaks it', async () => {
    expect((await browser.submit('/settings', { mail: 'wang@suqian.example', locale: 'en', currentPassword: DEMO_PASSWORD })).status).to.equal(303);
    expect((await browser.get('/settings')).text).to.contain('Your settings are saved.').and.to.contain('value="wang@suqian.example"');
    await browser.submit('/settings', { mail: 'wang@suqian.example', locale: 'zh-CN' });
    expect((await browser.get('/settings')).text).to.contain('个人设置已保存。');
  });

  it('show the form again with what was typed and what is wrong with it', async () => {
    const { status, text } = await browser.submit('/settings', { mail: '<b>no mail', locale: 'fr' });
    expect(status).to.equal(422);
    expect(text).to.contain('value="&lt;b&gt;no mail"').and.to.contain('“&lt;b&gt;no mail”不是有效的邮箱地址。').and.to.contain('有 2 处需要改正').and.to.contain('href="#mail"');
  });

  it('move the mail address for the password alone, and tell the old address', async () => {
    const before = await web.knex('person').where({ username: 'scjg.handler' }).first<{ mail: string }>('mail');
    for (const [currentPassword, sentence] of [['', '修改邮箱须填写当前密码'], ['Falsch-123', '当前密码不正确']] as const) {
      const { status, text } = await browser.submit('/settings', { mail: 'thief@elsewhere.example', locale: 'zh-CN', currentPassword });
      expect(status).to.equal(422);
      expect(text).to.contain(sentence).and.to.contain('value="thief@elsewhere.example"').and.not.to.contain('Falsch-123');
      expect(await web.knex('person').where({ username: 'scjg.handler' }).first('mail')).to.deep.equal(before);
    }
    await browser.submit('/settings', { mail: 'moved@suqian.example', locale: 'zh-CN', currentPassword: DEMO_PASSWORD });
    const letter = await web.knex('mail').where({ template: 'mailChanged' }).orderBy('queued_at', 'desc').first<{ recipient: string; text: string }>('recipient', 'text');
    expect(letter.recipient).to.equal(before.mail);
    expect(letter.text).to.contain('如非本人操作').and.not.to.contain('moved@suqian.example');
    await web.knex('mail').delete();
  });

  it('refuse a password that was one of the last five, and take it after five others', async function () {
    this.timeout(120_000);
    const person = web.browser();
    await person.signIn('rsj.handler');
    const words = Array.from({ length: 6 }, (_, n) => `Regen-Bogen-Haus-${n}x7`);
    let current = DEMO_PASSWORD;
    for (const word of words.slice(0, 5)) {
      expect((await change({ currentPassword: current, newPassword: word, repeatedPassword: word }, person)).status).to.equal(303);
      current = word;
    }
    const again = await change({ currentPassword: current, newPassword: words[0]!, repeatedPassword: words[0]! }, person);
    expect(again.status).to.equal(422);
    expect(again.text).to.contain('与此前用过的 5 个密码之一相同');
    const next = words[5]!;
    await change({ currentPassword: current, newPassword: next, repeatedPassword: next }, person);
    await change({ currentPassword: next, newPassword: `${next}y`, repeatedPassword: `${next}y` }, person);
    expect((await change({ currentPassword: `${next}y`, newPassword: words[0]!, repeatedPassword: words[0]! }, person)).status).to.equal(303);
  });

  for (const [what, fields, sentence] of [
    ['that is guessed first', { newPassword: 'Suqian@2026!', repeatedPassword: 'Suqian@2026!' }, '新密码过于常见'],
    ['made of his own name', { newPassword: 'Haiyan@1987', repeatedPassword: 'Haiyan@1987' }, '新密码过于常见'],
    ['with a wrong present one', { currentPassword: 'Falsch-123' }, '当前密码不正确。'],
    ['too short', { newPassword: 'aB1-', repeatedPassword: 'aB1-' }, '新密码至少 8 个字符。'],
    ['of one kind of characters', { newPassword: 'abcdefghijkl', repeatedPassword: 'abcdefghijkl' }, '新密码须含大写字母'],
    ['with the user name in it', { newPassword: 'Scjg.Handler-1', repeatedPassword: 'Scjg.Handler-1' }, '新密码不得包含用户名。'],
    ['typed differently twice', { repeatedPassword: 'Anders-Wort-7' }, '两次输入的新密码不一致。'],
    ['the same as before', { newPassword: DEMO_PASSWORD, repeatedPassword: DEMO_PASSWORD }, '新密码与当前密码相同'],
  ] as const) {
    it(`refuse a new password ${what}`, async () => {
      const { status, text } = await change(fields);
      expect(status).to.equal(422);
      expect(text).to.contain(sentence);
      for (const typed of Object.values(fields)) expect(text).not.to.contain(`value="${typed}"`);
    });
  }

  it('ask ten characters of an administrator', async () => {
    const administrator = web.browser();
    await administrator.signIn('sysadmin');
    expect((await change({ newPassword: 'aB1-efghi', repeatedPassword: 'aB1-efghi' }, administrator)).text).to.contain('管理员的新密码至少 10 个字符。');
  });

  it('change the password: signed in stays who changed it, everywhere else it ends', async () => {
    const elsewhere = web.browser();
    await elsewhere.signIn('scjg.handler');
    await elsewhere.get('/settings').expect(200);
    expect((await change({})).headers['location']).to.equal('/settings');
    expect((await browser.get('/settings').expect(200)).text).to.contain('密码已修改。');
    await elsewhere.get('/settings').expect(303);
    expect((await web.browser().signIn('scjg.handler')).status).to.equal(422);
    expect((await web.browser().signIn('scjg.handler', NEW)).status).to.equal(303);
    const { password_hash } = await web.knex('person').where({ username: 'scjg.handler' }).first<{ password_hash: string }>('password_hash');
    expect(password_hash).to.match(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  });

  it('are the first thing to see after a reset: nothing else opens until there is a password of one\'s own', async () => {
    await web.knex('person').where({ username: 'hbj.handler' }).update({ must_change_password: true });
    const person = web.browser();
    await person.signIn('hbj.handler');
    await person.get('/settings').expect(303).expect('Location', '/settings/password');
    await person.get('/anything').expect(303).expect('Location', '/settings/password');
    const page = (await person.get('/settings/password').expect(200)).text;
    expect(page).to.contain('只能使用一次');
    expect((await person.post('/settings', hidden(page, '_csrf'), { mail: 'a@b.example', locale: 'en' })).headers['location']).to.equal('/settings/password');
    await change({}, person);
    await person.get('/settings').expect(200);
  });

  it('let nobody guess the present password without end', async () => {
    const person = web.browser();
    await person.signIn('hbj.leader');
    const token = hidden((await person.get('/settings/password')).text, '_csrf');
    const statuses: number[] = [];
    for (let n = 0; n < 11; n += 1) statuses.push((await person.post('/settings/password', token, { currentPassword: 'Falsch-123', newPassword: NEW, repeatedPassword: NEW })).status);
    expect(statuses).to.deep.equal([...Array<number>(10).fill(422), 429]);
  });
});
