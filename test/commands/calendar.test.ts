import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { seedCalendar } from '../../src/features/calendar/index.ts';
import { createTestDatabase, type TestDatabase } from '../support/stack.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

interface Answer {
  status: number;
  out: string;
  error: string;
}

describe('xinzhi calendar due', function () {
  this.timeout(60_000);
  let database: TestDatabase;
  before(async () => {
    database = await createTestDatabase();
    await seedCalendar(database.knex);
  });
  after(() => database.drop());

  function calendar(args: string, env: NodeJS.ProcessEnv = {}): Promise<Answer> {
    const all = { ...process.env, NODE_ENV: 'development', DATABASE_URL: database.url, ...env };
    return new Promise((resolve) => {
      execFile(process.execPath, ['--import', 'tsx', 'src/main.ts', 'calendar', ...args.split(' ')], { cwd: ROOT, env: all }, (failure, out, error) => {
        resolve({ status: typeof failure?.code === 'number' ? failure.code : 0, out, error });
      });
    });
  }

  it('prints the date and why, the same on a host in New York', async () => {
    const here = await calendar('due --from 2026-09-24 --days 7');
    expect(here.status, here.error).to.equal(0);
    expect(here.out).to.match(/^2026-10-12/).and.include('（确定）').and.include('国庆节').and.include('调休上班日计入：10月10日（周六）');
    const away = await calendar('due --from 2026-09-24 --days 7', { TZ: 'America/New_York' });
    expect(away.out).to.equal(here.out);
  });

  it('says that a date in a year without a notice is provisional', async () => {
    const { out } = await calendar('due --from 2026-12-30 --days 3 --unit workday --locale en');
    expect(out).to.match(/^2027-01-05/).and.include('(provisional)').and.include('not published yet');
  });

  it('a wrong date, number or unit is named, with a status that is not zero', async () => {
    const wrong = [
      ['due --from 2026-02-30 --days 7', '2026-02-30'],
      ['due --from 2026-09-24 --days 0', '--days'],
      ['due --from 2026-09-24 --days 7 --unit fortnight', 'fortnight'],
      ['due', 'Usage'],
    ] as const;
    for (const [args, word] of wrong) {
      const { status, out, error } = await calendar(args);
      expect(status, args).to.not.equal(0);
      expect(error).to.include(word);
      expect(out).to.equal('');
    }
  });
});
