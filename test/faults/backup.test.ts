import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Knex } from 'knex';
import { seedPeople } from '../../src/features/demo/people.ts';
import { readManifest } from '../../src/platform/backup/manifest.ts';
import { createDatabase } from '../../src/platform/database.ts';
import { perform, type Job } from '../support/crew.ts';
import { eventually } from '../support/eventually.ts';
import { startOwnLauncher, type OwnLauncher } from '../support/own-launcher.ts';
import { Visitor } from '../support/visitor.ts';
import { DEMO_PASSWORD } from '../support/web.ts';

const report = (n: number) => ({
  field: 'commerce', area: 'foodHygiene', title: `第 ${n} 起`, what: `群众反映的第 ${n} 起事件。`, region: 'suyu', place: `江山大道 ${n} 号`, occurredOn: '2026-01-05',
  'subjects[0][kind]': 'organisation', 'subjects[0][name]': '宿迁某食品有限公司', 'subjects[0][code]': '91321300MA1TE8T08T',
});

describe('a backup that is made while people work, and restored into an empty machine', function () {
  this.timeout(240_000);
  const place = mkdtempSync(join(tmpdir(), 'xinzhi-backup-'));
  const [folder, keys] = [join(place, 'backup'), join(place, 'keys', 'secrets.json')];
  let busy: OwnLauncher;
  let restored: OwnLauncher | undefined;
  let knex: Knex;
  let made = 0;

  async function reporting(reporter: Visitor, n: number): Promise<void> {
    const job: Job = { who: reporter, page: '/incidents/new', action: '/incidents', fields: report(n), event: 'case.opened', slug: null };
    await perform(job, () => { made += 1; });
  }

  before(async () => {
    busy = await startOwnLauncher({ LOG_LEVEL: 'warn' });
    knex = createDatabase(busy.databaseUrl, { applicationName: 'xinzhi-test' });
    await seedPeople(knex, DEMO_PASSWORD);
  });
  after(async () => {
    await knex?.destroy();
    await restored?.close();
    rmSync(place, { recursive: true, force: true });
  });

  it('keeps nobody waiting and holds what stood at one moment', async () => {
    const reporter = await new Visitor(busy.url, 'scjg.handler').signIn();
    for (let n = 0; n < 3; n += 1) await reporting(reporter, n);
    const ended = { yet: false };
    const backup = busy.run('backup', folder, '--keys', keys).finally(() => { ended.yet = true; });
    for (let n = 3; !ended.yet; n += 1) await reporting(reporter, n);
    const { status, said } = await backup;
    expect(status, said).to.equal('status 0');
    const manifest = await readManifest(folder);
    const cases = manifest.tables.find(({ name }) => name === 'case_file')!.rows;
    expect(cases).to.be.at.least(3).and.at.most(made);
    expect(manifest.tables.map(({ name }) => name)).to.not.include.members(['session']);
    expect(made, 'people went on meanwhile').to.be.greaterThan(3);
  });

  it('has no key in it: those are in a file of their own, which nobody else may read', () => {
    const secrets = JSON.parse(readFileSync(keys, 'utf8')) as Record<string, string>;
    const manifest = readFileSync(join(folder, 'manifest.json'), 'utf8');
    for (const secret of Object.values(secrets)) expect(manifest).to.not.include(secret);
  });

  it('refuses to lay keys beside the data, to write over anything, and to restore where somebody lives', async () => {
    expect((await busy.run('backup', join(place, 'other'), '--keys', join(place, 'other', 'keys.json'))).said).to.include('must not have the keys too');
    expect((await busy.run('backup', folder)).said).to.include('is not empty');
    expect((await busy.run('restore', folder)).said).to.match(/Xinzhi runs from|holds a city already/);
  });

  it('stands up again on an empty machine: every case in its place, all of it proved, and the work goes on', async () => {
    await knex.destroy();
    await busy.close();
    restored = await startOwnLauncher({ LOG_LEVEL: 'warn' }, [['restore', folder, '--keys', keys]]);
    knex = createDatabase(restored.databaseUrl, { applicationName: 'xinzhi-test' });
    const manifest = await readManifest(folder);
    for (const { name, rows } of manifest.tables.filter(({ name: table }) => ['case_event', 'person', 'rule_version', 'mail'].includes(table))) {
      expect((await knex(name).count('*'))[0]!['count'], name).to.be.at.least(rows);
    }
    const { status, said } = await restored.run('verify', '--files');
    expect(said).to.include('Every chain proves itself');
    expect(status).to.equal('status 0');

    const open = await eventually('every case with its task', async () => {
      const rows: { slug: string }[] = await knex('case_task').where({ status: 'open', stage: 'verify' }).select('slug');
      return rows.length === manifest.tables.find(({ name }) => name === 'case_file')!.rows && rows;
    });
    const clerk = await new Visitor(restored.url, 'xyb.handler').signIn();
    const slug = open[0]!.slug;
    await perform({ who: clerk, page: `/tasks/${slug}`, action: `/tasks/${slug}/claim`, fields: {}, event: 'task.claimed', slug }, () => undefined);
    expect(await knex('case_event').where({ type: 'task.claimed' })).to.have.length(1);
    const numbers: string[] = await knex('case_file').pluck('case_no');
    await reporting(clerk, 999);
    expect(await knex('case_file').whereNotIn('case_no', numbers).pluck('case_no'), 'a new number, not one of before').to.have.length(1);
  });

  it('says which table is damaged, and which keys are others, before it writes anything', async () => {
    const empty = { XINZHI_DATA: join(place, 'third') };
    const other = join(place, 'other-keys.json');
    writeFileSync(other, JSON.stringify({ ...JSON.parse(readFileSync(keys, 'utf8')) as object, chain: Buffer.alloc(32, 7).toString('base64') }));
    await startOwnLauncher(empty, [['restore', folder, '--keys', other]]).then(() => expect.fail('other keys'), (error: unknown) => expect(String(error)).to.include('not those of the backed-up installation: chain'));
    const table = join(folder, 'database', 'person.copy.gz');
    writeFileSync(table, readFileSync(table).subarray(0, -1));
    await startOwnLauncher(empty, [['restore', folder, '--keys', keys]]).then(() => expect.fail('damaged'), (error: unknown) => expect(String(error)).to.include('person.copy.gz is not what was backed up'));
  });
});
