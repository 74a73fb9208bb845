import { expect } from 'chai';
import type { Knex } from 'knex';
import { readFilter, sortOf, type DeskOf } from '../../../src/features/cases/desk/filter.ts';
import { countCases, listCases, type Looking } from '../../../src/features/cases/desk/queries.ts';
import { recount } from '../../../src/platform/counts.ts';
import type { Position } from '../../../src/platform/paging.ts';
import { testLaw } from '../../support/law.ts';
import { asSuperuser, createTestDatabase, type TestDatabase } from '../../support/stack.ts';

const nobody = '00000000-0000-4000-8000-000000000000';

describe('a desk of applications', () => {
  let database: TestDatabase;
  let knex: Knex;
  let looking: Looking;
  const of: DeskOf = { kind: 'repair', words: 'repairs', staffOf: () => { throw new Error('not asked'); } };
  const now = new Date('2026-06-01T02:00:00Z');

  before(async () => {
    database = await createTestDatabase();
    ({ knex } = database);
    looking = { knex, of, sight: { person: nobody, all: true, units: [] }, calendar: testLaw().calendar, now };
    // 1,203 open ones: every seventh without a deadline, three of one instant; 5 closed. Their files are of no account here.
    await asSuperuser(knex, (superuser) => superuser.transaction(async (trx) => {
      await trx.raw('set local session_replication_role = replica');
      await trx.raw(`insert into repair (case_id, case_no, title, status, step, outcome, record_id, subject_id, unit, channel, due_at, opened_at, search)
        select md5('c' || n)::uuid, 'XF-2026-' || lpad(n::text, 6, '0'), '申请' || n, case when n > 1203 then 'closed' else 'open' end, case when n > 1203 then null when n % 100 = 0 then 'decide' else 'check' end,
          null, md5('r')::uuid, md5('s')::uuid, case when n % 2 = 0 then 'scjg' else 'hbj' end, 'portal',
          case when n > 1203 or n % 7 = 0 then null else timestamptz '2026-05-30 02:00Z' + (n / 3) * interval '1 hour' end, timestamptz '2026-05-01' + n * interval '1 minute', ''::tsvector
        from generate_series(1, 1208) n`);
    }));
    await recount(knex);
  });
  after(() => database.drop());

  const filter = (query: Record<string, string> = {}) => readFilter(of, query);
  const list = (by: ReturnType<typeof filter>, from: Position | null, as = looking) => listCases(as, by, from, () => countCases(as, by));

  /** Every page of a list, from the first to the last and back again. */
  async function walk(query: Record<string, string>): Promise<{ forth: string[]; back: string[] }> {
    const read = (from: Position | null) => list(filter(query), from);
    const [forth, back]: [string[], string[]] = [[], []];
    let page = await read(null);
    for (;;) {
      expect(page.offset).to.equal(forth.length);
      forth.push(...page.rows.map(({ case_no: number }) => number));
      if (!page.next) break;
      page = await read(page.next);
    }
    for (;;) {
      back.unshift(...page.rows.map(({ case_no: number }) => number));
      if (!page.previous) break;
      page = await read(page.previous);
    }
    return { forth, back };
  }

  it('shows what is open by deadline, what waits for nobody last, each once, to and fro', async () => {
    const { forth, back } = await walk({});
    expect(forth).to.have.length(1203);
    expect(new Set(forth).size).to.equal(1203);
    expect(back).to.deep.equal(forth);
    const rows = await knex('repair').where({ status: 'open' }).orderByRaw(`due_at nulls last, case_id`).pluck('case_no');
    expect(forth).to.deep.equal(rows);
  });

  it('is sorted and narrowed by its address; what makes no sense there is left out', async () => {
    const opened = await walk({ sort: 'opened', state: 'decide', unit: 'scjg' });
    expect(opened.forth).to.deep.equal(['001200', '001100', '001000', '000900', '000800', '000700', '000600', '000500', '000400', '000300', '000200', '000100'].map((n) => `XF-2026-${n}`));
    expect((await walk({ state: 'closed', sort: 'oldest' })).forth[0]).to.equal('XF-2026-001204');
    expect(sortOf(filter({ state: 'closed', sort: 'due' })), 'the closed have no deadline').to.equal('opened');
    expect(filter({ state: 'dancing', unit: "';--", due: 'never', sort: 'backwards' })).to.deep.equal(filter());
  });

  it('counts are those of just the rows they lead to; as they were kept, or by the rows of a unit', async () => {
    const counts = await countCases(looking, filter());
    expect(counts).to.deep.include({ open: 1203, accept: 0, check: 1191, decide: 12, release: 0, 'follow-up': 0, revoke: 0, closed: 5, all: 1208 });
    expect([counts['late'], counts['soon']].every((count) => count !== undefined && count !== null && count > 0)).to.equal(true);
    expect((await list(filter(), null)).total).to.equal(1203);
    for (const due of ['late', 'soon'] as const) expect((await walk({ due })).forth, due).to.have.length(counts[due]!);
    const own = await countCases(looking, filter({ unit: 'hbj' }));
    expect(own).to.include({ decide: 0, closed: 2, open: 602 });
  });

  it('with nothing to see shows nothing', async () => {
    const stranger = { ...looking, sight: { person: nobody, all: false, units: ['nobody'] } };
    expect(await list(filter(), null, stranger)).to.deep.include({ rows: [], previous: null, next: null, total: 0 });
    expect(Object.values(await countCases(stranger, filter())).every((count) => count === 0)).to.equal(true);
  });
});
