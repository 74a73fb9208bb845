import { randomBytes } from 'node:crypto';
import { expect } from 'chai';
import { completeConfig, ConfigError, readSettings, type Settings } from '../../src/config.ts';

const BASE = '/srv/xinzhi';
const key = () => randomBytes(32).toString('base64');

function problemsOf(env: NodeJS.ProcessEnv): readonly string[] {
  try {
    readSettings(env, BASE);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

const production = (): NodeJS.ProcessEnv => ({
  NODE_ENV: 'production',
  SESSION_SECRET: 's'.repeat(32),
  XINZHI_PAYLOAD_KEY: key(),
  XINZHI_CHAIN_KEY: key(),
  XINZHI_SEAL_KEY: key(),
});

function complete(settings: Settings) {
  const { secrets } = readSettings(production(), BASE);
  return completeConfig(settings, {
    addresses: { databaseUrl: 'postgres://local/xinzhi', temporalAddress: '127.0.0.1:7233', smtpUrl: 'smtp://127.0.0.1:2525' },
    secrets: secrets as Parameters<typeof completeConfig>[1]['secrets'],
    port: 3000,
    publicUrl: 'http://127.0.0.1:3000',
  });
}

describe('settings', () => {
  it('an empty environment is a demonstration on this machine', () => {
    const settings = readSettings({}, BASE);
    expect(settings).to.include({
      mode: 'development', host: '127.0.0.1', port: undefined, seed: 'demo', demoPassword: 'Xinzhi-demo-2026',
      temporalNamespace: 'xinzhi', hash: 'sha256', cipher: 'aes-256-gcm', actTimeoutMs: 8000, trustProxy: false,
      dataFolder: '/srv/xinzhi/.data',
    });
  });

  it('a variable that is set to nothing counts as unset, as compose files pass those', () => {
    expect(readSettings({ PORT: '', XINZHI_SEED: ' ', DATABASE_URL: '' }, BASE)).to.include({ port: undefined, seed: 'demo' });
  });

  it('an absolute data folder stays where it is, a relative one lies in the work tree', () => {
    expect(readSettings({ XINZHI_DATA: '/var/lib/xinzhi' }, BASE).dataFolder).to.equal('/var/lib/xinzhi');
    expect(readSettings({ XINZHI_DATA: 'other' }, BASE).dataFolder).to.equal('/srv/xinzhi/other');
  });

  it('all wrong values are named at once, one a line', () => {
    const problems = problemsOf({ PORT: '70000', XINZHI_SEED: 'some', TEMPORAL_ADDRESS: 'nowhere', XINZHI_HASH: 'md5', PUBLIC_URL: 'ftp://x' });
    expect(problems.map((problem) => problem.split(' ', 1)[0])).to.have.members(['PORT', 'XINZHI_SEED', 'TEMPORAL_ADDRESS', 'XINZHI_HASH', 'PUBLIC_URL']);
    expect(new ConfigError(problems).message.split('\n')).to.have.length(problems.length + 1);
  });

  for (const [name, values] of Object.entries({
    PORT: ['0', '-1', '3000.5', '3e3', 'http', '65536'],
    HOST: ['a b', 'http://x'],
    DATABASE_URL: ['mysql://x/y', 'localhost:5432', 'x'],
    TEMPORAL_ADDRESS: ['host', 'http://host:7233', 'a b:1'],
    TEMPORAL_NAMESPACE: ['x', '-xinzhi', 'a b'],
    SMTP_URL: ['http://mail', 'mail'],
    SESSION_SECRET: ['short'],
    XINZHI_CHAIN_KEY: ['abc', 'f'.repeat(63), Buffer.alloc(31).toString('base64')],
    XINZHI_PAYLOAD_KEY: ['abc', `${'0'.repeat(64)},abc`],
    XINZHI_DISK_RESERVE_MB: ['100 MB', '-1'],
    XINZHI_CLAMD: ['clamd.sock', '10.0.0.5:3310', 'scanner.example:3310', '127.0.0.1'],
    XINZHI_ACT_TIMEOUT_MS: ['8s', '0'],
    XINZHI_MAIL_RATE: ['0', '1001'],
    XINZHI_MAIL_FROM: ['nobody', 'a@b\r\nBcc: c@d'],
    TRUST_PROXY: ['true', 'yes', '0'],
    LOG_LEVEL: ['loud'],
    OIDC_CLAIM_NAME: ['my name'],
    OIDC_SCOPES: ['profile', 'openid "x"'],
    NODE_ENV: ['staging'],
  })) {
    for (const value of values) {
      it(`${name} refuses ${JSON.stringify(value)}`, () => {
        expect(problemsOf({ [name]: value })).to.have.length(1).and.satisfy(([problem]: string[]) => problem?.startsWith(`${name} must be `));
      });
    }
  }

  const provider = { OIDC_ISSUER: 'https://id.city.example', OIDC_CLIENT_ID: 'xinzhi', OIDC_CLIENT_SECRET: 'eight or more' };

  it('an identity provider is used when its address, client and secret are given', () => {
    expect(readSettings({}, BASE).identity).to.equal(undefined);
    const { identity } = readSettings({ ...provider, OIDC_CLAIM_USCC: 'corp', OIDC_CLAIM_FIRM_NAME: 'corpName', OIDC_LEVELS: 'L3, L4' }, BASE);
    expect(identity).to.deep.include({ issuer: 'https://id.city.example', clientId: 'xinzhi', scopes: 'openid', levels: ['L3', 'L4'] });
    expect(identity?.claims).to.deep.equal({ name: 'name', uscc: 'corp', firmName: 'corpName', idNumber: undefined, level: 'acr' });
    expect(identity?.clientSecret.export().toString()).to.equal('eight or more');
  });

  it('what an identity provider lacks is named, all of it', () => {
    expect(problemsOf({ OIDC_ISSUER: 'ldap://x', OIDC_CLIENT_SECRET: 'short', OIDC_CLAIM_USCC: 'corp' }).map((problem) => problem.split(' ', 3).join(' ')))
      .to.have.members(['OIDC_ISSUER must be', 'OIDC_CLIENT_SECRET must be', 'OIDC_CLIENT_ID is missing;', 'OIDC_CLAIM_FIRM_NAME is missing;', 'OIDC_LEVELS is missing;']);
    expect(problemsOf({ OIDC_CLIENT_ID: 'xinzhi', OIDC_LEVELS: 'L3' })).to.have.length(1).and.satisfy(([problem]: string[]) => problem?.startsWith('OIDC_ISSUER is missing'));
    expect(problemsOf({ ...provider, OIDC_CLAIM_ID_NUMBER: 'id' })[0]).to.include('OIDC_LEVELS is missing; with OIDC_CLAIM_ID_NUMBER');
    expect(problemsOf({ OIDC_ISSUER: 'https://x', OIDC_CLIENT_ID: 'y', OIDC_CLIENT_SECRET: 'geheim' })[0]).to.not.include('geheim');
  });

  it('people of the house have an identity provider of their own, which says who they are and nothing else', () => {
    expect(readSettings(provider, BASE).staffIdentity).to.equal(undefined);
    const { staffIdentity } = readSettings({ STAFF_OIDC_ISSUER: 'https://staff.city.example', STAFF_OIDC_CLIENT_ID: 'xinzhi', STAFF_OIDC_CLIENT_SECRET: 'eight or more' }, BASE);
    expect(staffIdentity).to.deep.include({ issuer: 'https://staff.city.example', levels: [] });
    expect(Object.values(staffIdentity!.claims).filter((claim) => claim !== undefined)).to.deep.equal(['name', 'acr']);
    expect(problemsOf({ STAFF_OIDC_ISSUER: 'https://staff.city.example' }).map((problem) => problem.split(' ', 3).join(' ')))
      .to.have.members(['STAFF_OIDC_CLIENT_ID is missing;', 'STAFF_OIDC_CLIENT_SECRET is missing;']);
  });

  it('a wrong secret is not repeated in the message', () => {
    const [problem] = problemsOf({ SESSION_SECRET: 'hunter2-hunter2' });
    expect(problem).to.include('15 characters').and.not.include('hunter2');
    expect(problemsOf({ DATABASE_URL: 'mysql://root:geheim@db/x' })[0]).to.not.include('geheim');
  });

  it('a scanner is found by its socket or a port of this machine', () => {
    const scanner = (text: string) => readSettings({ XINZHI_CLAMD: text }, '/').scanner;
    expect(scanner('/run/clamav/clamd.ctl')).to.deep.equal({ path: '/run/clamav/clamd.ctl' });
    expect(scanner('127.0.0.1:3310')).to.deep.equal({ host: '127.0.0.1', port: 3310 });
    expect(scanner('[::1]:3310')).to.deep.equal({ host: '::1', port: 3310 });
    expect(scanner('')).to.equal(undefined);
  });

  it('a proxy is trusted by its number or its addresses', () => {
    expect(readSettings({ TRUST_PROXY: '1' }, BASE).trustProxy).to.equal(1);
    expect(readSettings({ TRUST_PROXY: '10.0.0.1,fd00::/8' }, BASE).trustProxy).to.deep.equal(['10.0.0.1', 'fd00::/8']);
  });

  it('keys are taken in base64 and in hexadecimal', () => {
    const bytes = randomBytes(32);
    for (const text of [bytes.toString('base64'), bytes.toString('hex')]) {
      expect(readSettings({ XINZHI_CHAIN_KEY: text }, BASE).secrets.chain?.export()).to.deep.equal(bytes);
    }
  });

  it('several payload keys are kept in their order, the first of them to encrypt', () => {
    const [first, second] = [randomBytes(32), randomBytes(32)];
    const { payload } = readSettings({ XINZHI_PAYLOAD_KEY: `${first.toString('base64')}, ${second.toString('hex')}` }, BASE).secrets;
    expect(payload?.map((one) => one.export())).to.deep.equal([first, second]);
  });
});

describe('settings in production', () => {
  it('every missing secret is named at once', () => {
    expect(problemsOf({ NODE_ENV: 'production' }).map((problem) => problem.split(' ', 1)[0]))
      .to.deep.equal(['SESSION_SECRET', 'XINZHI_PAYLOAD_KEY', 'XINZHI_CHAIN_KEY', 'XINZHI_SEAL_KEY']);
  });

  it('a wrong secret is called wrong, not missing as well', () => {
    expect(problemsOf({ ...production(), XINZHI_SEAL_KEY: 'abc' })).to.have.length(1);
  });

  it('an identity provider without encryption is refused', () => {
    expect(problemsOf({ ...production(), OIDC_ISSUER: 'http://id.city.example', OIDC_CLIENT_ID: 'xinzhi', OIDC_CLIENT_SECRET: 'eight or more' })).to.have.length(1);
  });

  it('the demo city is refused, and is not the default', () => {
    expect(problemsOf({ ...production(), XINZHI_SEED: 'demo' })).to.have.length(1);
    expect(readSettings(production(), BASE).seed).to.equal('none');
  });
});

describe('the completed configuration', () => {
  it('says what the environment says before what is filled in', () => {
    const config = complete(readSettings({ PORT: '8080', DATABASE_URL: 'postgres://db/x' }, BASE));
    expect(config).to.include({ port: 8080, databaseUrl: 'postgres://db/x', smtpUrl: 'smtp://127.0.0.1:2525' });
  });

  it('can not be changed', () => {
    const config = complete(readSettings({}, BASE));
    expect(Object.isFrozen(config) && Object.isFrozen(config.secrets)).to.equal(true);
  });

  it('shows no secret when it is printed', () => {
    const env = { ...production(), XINZHI_CHAIN_KEY: 'ab'.repeat(32) };
    const config = complete(readSettings(env, BASE));
    expect(JSON.stringify(config)).to.not.include('abab');
  });
});
