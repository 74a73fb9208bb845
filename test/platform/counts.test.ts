import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import fc from 'fast-check';
import type { Knex } from 'knex';
import { countClaimable, countOwn } from '../../src/features/tasks/my-work-counts.ts';
import { readBoard } from '../../src/features/supervision/queries.ts';
import { compareCounts, foldCounts, readKeptCases, recount } from '../../src/platform/counts.ts';
import { visibleCases, type Sight } from '../../src/platform/visibility.ts';
import { asOwner, createTestDatabase, type TestDatabase } from '../support/stack.ts';

const units = ['xyb', 'scjg', 'hbj'] as const;
const roles = ['handler', 'head'] as const;
const people = [1, 2, 3].map((n) => `00000000-0000-4000-8000-00000000000${n}`);
const stages = ['verify', 'grade', 'extension'] as const;
const minute = 60_000;

/** A task as it may stand at any time; minutes are from the moment of looking, which often is an end of a quarter. */
const task = fc.record({
  unit: fc.constantFrom(...units), role: fc.constantFrom(...roles), stage: fc.constantFrom(...stages), status: fc.constantFrom('open', 'open', 'open', 'done', 'cancelled'),
  assignee: fc.option(fc.constantFrom(...people)), excluded: fc.uniqueArray(fc.constantFrom(...people), { maxLength: 2 }),
  due: fc.option(fc.oneof(fc.integer({ min: -40, max: 40 }), fc.integer({ min: -6000, max: 6000 }))), exact: fc.boolean(),
});
const steps = ['verify', 'grade', 'assign'] as const;
const standing = fc.record({ status: fc.constantFrom('open', 'open', 'closed'), step: fc.constantFrom(...steps), due: fc.option(fc.integer({ min: -40, max: 6000 })) });
const move = fc.oneof(
  { weight: 5, arbitrary: fc.record({ what: fc.constant('task' as const), case: fc.nat(5), number: fc.nat(2), task }) },
  { weight: 3, arbitrary: fc.record({ what: fc.constant('case' as const), case: fc.nat(5), standing, parties: fc.uniqueArray(fc.constantFrom(...units), { minLength: 1 }) }) },
  { weight: 1, arbitrary: fc.record({ what: fc.constant('drop' as const), case: fc.nat(5) }) },
  { weight: 1, arbitrary: fc.record({ what: fc.constant('recuse' as const), case: fc.nat(5), person: fc.constantFrom(...people) }) },
  { weight: 1, arbitrary: fc.record({ what: fc.constant('fold' as const) }) },
);
type Move = typeof move extends fc.Arbitrary<infer T> ? T : never;

describe('counts of open work, kept as it changes', function () {
  this.timeout(300_000);
  let database: TestDatabase;
  let knex: Knex;
  const cases = Array.from({ length: 6 }, () => randomUUID());

  before(async () => {
    database = await createTestDatabase();
    ({ knex } = database);
    await knex('case_file').insert(cases.map((id, n) => ({
      id, kind: 'incident', definition: 1, case_no: `XZ-2026-00000${n}`, title: `第${n}起`, status: 'open', live: true, head_seq: 1, head_hash: Buffer.alloc(0), state: '{}', opened_at: new Date(),
    })));
  });
  after(() => database.drop());

  const at = (now: Date, minutes: number | null, exact = true): Date | null => (minutes === null ? null : new Date(now.getTime() + minutes * minute + (exact ? 0 : 1)));

  /** Writes as the record of a case does: by upserts in a transaction, and whatever else is done to rows. */
  async function play(moved: Move, now: Date): Promise<void> {
    if (moved.what === 'fold') return void (await foldCounts(knex));
    const caseId = cases[moved.case]!;
    if (moved.what === 'recuse') return void (await knex('case_recusal').insert({ person: moved.person, case_id: caseId }).onConflict().ignore());
    if (moved.what === 'drop') return void (await knex('case_task').where({ case_id: caseId }).delete());
    if (moved.what === 'task') {
      const { unit, role, stage, status, assignee, excluded, due, exact } = moved.task;
      await knex('case_task').insert({
        case_id: caseId, task_id: String(moved.number), slug: `${caseId}-${moved.number}`, kind: 'incident', case_no: 'XZ', title: '', stage, side: false, status, unit, role, assignee, excluded,
        deadline_at: at(now, due, exact), provisional: false, opened_at: now, late: false, urged: 0,
      }).onConflict(['case_id', 'task_id']).merge();
      const listed: object | undefined = await knex('incident').where({ case_id: caseId }).first('status', 'step', 'due_at', 'opened_at');
      await knex('case_party').insert({ unit, case_id: caseId, opened_at: now, ...(listed && { kind: 'incident', ...listed }) }).onConflict().ignore();
      return;
    }
    const { status, step, due } = moved.standing;
    const listed = { status, step: status === 'open' ? step : null, due_at: status === 'open' ? at(now, due) : null };
    await knex.transaction(async (trx) => {
      await trx('incident').insert({
        case_id: caseId, case_no: 'XZ', title: '', field: 'commerce', area: 'other', region: 'suyu', occurred_on: '2026-01-01', answered: false, opened_at: now, search: trx.raw(`''::tsvector`), ...listed,
      }).onConflict('case_id').merge();
      await trx('case_party').where({ case_id: caseId }).delete();
      const tasks: string[] = await trx('case_task').where({ case_id: caseId }).distinct('unit').pluck('unit');
      for (const unit of new Set([...tasks, ...moved.parties])) await trx('case_party').insert({ unit, case_id: caseId, kind: 'incident', opened_at: now, ...listed });
    });
  }

  const sights: Sight[] = [
    { person: people[0]!, all: true, units: ['xyb'] },
    { person: people[1]!, all: false, units: ['scjg'] },
    { person: people[2]!, all: false, units: ['hbj', 'xyb'] },
  ];

  /** What pages say, beside what the rows say that they show. */
  async function check(now: Date): Promise<void> {
    expect(await compareCounts(knex)).to.deep.equal([]);
    const soon = new Date(now.getTime() + 100 * minute);
    for (const sight of sights) {
      const visible = visibleCases(sight, 't.case_id');
      const tasks: { kind: string; unit: string; role: string; stage: string; assignee: string | null; excluded: string[]; deadline_at: Date | null }[] =
        await knex('case_task as t').where('t.status', 'open').whereRaw(visible.sql, visible.bindings);
      const board = (await readBoard(knex, sight, now, soon)).map(({ unit, stage, late, soon: near }) => `${unit} ${stage} ${late} ${near}`).toSorted();
      const cells = new Map<string, [number, number]>();
      for (const { unit, stage, deadline_at: due } of tasks.filter((one) => sight.all || sight.units.includes(one.unit))) {
        if (due === null || due >= soon) continue;
        const [late, near] = cells.get(`${unit} ${stage}`) ?? [0, 0];
        cells.set(`${unit} ${stage}`, due < now ? [late + 1, near] : [late, near + 1]);
      }
      expect(board).to.deep.equal([...cells].map(([cell, [late, near]]) => `${cell} ${late} ${near}`).toSorted());

      const own = tasks.filter(({ assignee }) => assignee === sight.person);
      const before = (end: Date): number => own.filter(({ deadline_at: due }) => due !== null && due < end).length;
      const [today, week] = [new Date(now.getTime() + 15 * minute), soon];
      expect(await countOwn(knex, sight, { now, today, week })).to.deep.equal({ late: before(now), today: before(today) - before(now), week: before(week) - before(today), later: own.length - before(week) });

      const audiences = sight.units.map((unit) => ({ unit, role: 'handler' as const }));
      const free = tasks.filter(({ unit, role, assignee, excluded }) => assignee === null && role === 'handler' && sight.units.includes(unit) && !excluded.includes(sight.person));
      expect(await countClaimable(knex, sight, audiences, now)).to.deep.equal({ claimable: free.length, lateToClaim: free.filter(({ deadline_at: due }) => due !== null && due < now).length });

      const scope = sight.all ? '*' : sight.units[0]!;
      const one = visibleCases(sight.all ? sight : { ...sight, units: [scope] }, 'i.case_id');
      const listed: { status: string; step: string | null; due_at: Date | null }[] = await knex('incident as i').whereRaw(one.sql, one.bindings);
      const { all, open, closed, steps: by, before: [late] } = await readKeptCases(knex, sight, scope, 'incident', [now]);
      const count = (of: (row: (typeof listed)[number]) => boolean): number => listed.filter(of).length;
      expect({ all, open, closed, late }).to.deep.equal({
        all: listed.length, open: count(({ status }) => status === 'open'), closed: count(({ status }) => status === 'closed'), late: count(({ due_at: due }) => due !== null && due < now),
      });
      for (const step of steps) expect(by[step] ?? 0, step).to.equal(count((row) => row.step === step));
    }
  }

  it('are those of the rows, whatever is done to them and whenever they are folded, and what pages show of them too', async () => {
    await fc.assert(fc.asyncProperty(fc.array(move, { minLength: 1, maxLength: 12 }), fc.boolean(), async (moves, onTheQuarter) => {
      const now = onTheQuarter ? new Date(Math.ceil(Date.now() / (15 * minute)) * 15 * minute) : new Date();
      for (const one of moves) await play(one, now);
      await check(now);
    }), { numRuns: 40 });
  });

  it('are right when many write at once, nobody waiting for anybody, while they are folded', async () => {
    const now = new Date();
    const given = fc.sample(move, { numRuns: 240, seed: 7 }).filter(({ what }) => what === 'task' || what === 'fold');
    const lanes = Array.from({ length: 6 }, (_, lane) => given.filter((one, n) => n % 6 === lane && one.what !== 'fold').map((one) => ({ ...one, case: lane })));
    await Promise.all([
      ...lanes.map(async (moves) => { for (const one of moves) await play(one as Move, now); }),
      (async () => { for (let n = 0; n < 20; n += 1) await foldCounts(knex); })(),
    ]);
    await check(now);
    await foldCounts(knex);
    expect(await knex('kept_count').whereNot({ slot: 0 }), 'one row is left of each count').to.deep.equal([]);
    expect(await knex('kept_count').where({ n: 0 })).to.deep.equal([]);
    await check(now);
  });

  it('that were put wrong are named, and set right by counting anew', async () => {
    await knex('kept_count').insert({ list: 'board', key: ['incident', 'xyb', 'verify'], bucket: new Date('2020-01-01T00:00:00Z'), slot: 1, n: 5 });
    const [fault, ...more] = await compareCounts(knex);
    expect(more).to.deep.equal([]);
    expect(fault).to.deep.include({ list: 'board', key: ['incident', 'xyb', 'verify'], bucket: '-infinity' });
    expect(fault!.kept - fault!.counted).to.equal(5);
    await recount(knex);
    expect(await compareCounts(knex)).to.deep.equal([]);
  });

  it('what was there before counts were kept is counted by the migration', async () => {
    const { down, up } = (await import('../../migrations/0041_kept_counts.ts'));
    await asOwner(knex, async (owner) => {
      await owner.transaction((trx) => down(trx));
      await owner.transaction((trx) => up(trx));
    });
    expect(await compareCounts(knex)).to.deep.equal([]);
    expect((await knex('kept_count')).length).to.be.greaterThan(0);
  });
});
