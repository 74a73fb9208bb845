import { createHash, randomUUID } from 'node:crypto';
import { expect } from 'chai';
import type { Knex } from 'knex';
import { createActivities } from '../../../src/commands/activities.ts';
import { seedCalendar } from '../../../src/features/calendar/index.ts';
import { seedRules } from '../../../src/features/rules/index.ts';
import { verifyAnchors } from '../../../src/platform/anchor/check.ts';
import { takeAnchor, type Anchor } from '../../../src/platform/anchor/take.ts';
import { rebuildCase, verifyCase } from '../../../src/platform/casefile/verify.ts';
import { eventOf, type EventRow } from '../../../src/platform/casefile/events.ts';
import { canonicalJson } from '../../../src/platform/canonical.ts';
import { chainRoot, link } from '../../../src/platform/chain.ts';
import { tidyAccessLog } from '../../../src/platform/http/tidy.ts';
import { createLogger } from '../../../src/platform/logging.ts';
import { opened } from '../../../src/rules/casefile/decide.ts';
import type { Draft } from '../../../src/rules/casefile/events.ts';
import { newIncident } from '../../support/cases.ts';
import { asOwner, behindTheTriggers, createTestDatabase, testConfig, type TestDatabase } from '../../support/stack.ts';

describe('anchors: what somebody can no longer change unnoticed, though he has the database and the key', () => {
  let database: TestDatabase;
  let settings: { hash: 'sha256' | 'sm3'; key: ReturnType<typeof testConfig>['secrets']['chain'] };

  beforeEach(async () => {
    database = await createTestDatabase();
    const config = testConfig({ databaseUrl: database.url });
    settings = { hash: config.hash, key: config.secrets.chain };
    await seedRules(database.knex);
    await seedCalendar(database.knex);
  });
  afterEach(() => database.drop());

  async function newCase(): Promise<{ id: string; caseNo: string }> {
    const { knex } = database;
    const { cases } = createActivities({ config: testConfig({ databaseUrl: database.url }), knex, logger: createLogger({ level: 'silent', process: 'test' }) });
    const id = randomUUID();
    const { title, opening, actor } = newIncident();
    const steps: [string, Draft[]][] = [
      [id, [{ type: 'case.opened', kind: 'incident', definition: 1, title, opening, files: [] }]],
      ['open:verify#1', [opened({ stage: 'verify', audience: { unit: 'xyb', role: 'handler' }, rule: 'incident.verify' }, 1)]],
      [randomUUID(), [{ type: 'task.claimed', task: 'verify#1' }, { type: 'task.commented', task: 'verify#1', text: '已电话联系当事人。' }]],
    ];
    let after = 0;
    for (const [key, drafts] of steps) {
      const { events } = await cases.record({ caseId: id, after, key, command: key === id, actor, drafts, at: null, requestId: null });
      after = events.at(-1)!.seq;
    }
    return { id, caseNo: (await database.knex('case_file').where({ id }).first<{ case_no: string }>('case_no')).case_no };
  }

  const anchor = async (day: string): Promise<Anchor> => (await takeAnchor(database.knex, settings.hash, day))!;
  const found = async (root?: string): Promise<string[]> => (await verifyAnchors(database.knex, root)).findings.map(({ file, kind, number }) => `${file} ${kind} ${number}`.trim());

  const unseen = (tables: readonly string[], work: (owner: Knex) => PromiseLike<unknown>): Promise<void> => behindTheTriggers(database.knex, tables, work);

  /** Cuts a file after an event, or puts another word into it, and makes chain and rows fit again by the key. */
  async function forge(id: string, change: (events: EventRow[]) => EventRow[]): Promise<void> {
    const { knex } = database;
    const events: EventRow[] = change(await knex<EventRow>('case_event').where({ case_id: id }).orderBy('seq'));
    let previous: Buffer = chainRoot;
    for (const row of events) {
      row.previous_hash = previous;
      row.hash = link(settings, id, eventOf(row), previous);
      previous = row.hash;
    }
    await unseen(['case_event'], async (owner) => {
      await owner('case_event').where({ case_id: id }).delete();
      for (const { what, actor, ...row } of events) await owner('case_event').insert({ ...row, what: JSON.stringify(what), actor: actor === null ? null : JSON.stringify(actor) });
    });
    await rebuildCase(knex, id);
  }

  it('a city that nobody touched proves itself day after day', async () => {
    await newCase();
    const first = await anchor('2026-11-27');
    await newCase();
    const second = await anchor('2026-11-28');
    expect(second.size, 'a head and its events').to.equal(first.size + 2);
    expect(await found()).to.deep.equal([]);
    expect(await found(first.root.toString('hex'))).to.deep.equal([]);
  });

  it('each day has one anchor, whoever asks again', async () => {
    await newCase();
    await anchor('2026-11-28');
    const again = await Promise.all([1, 2, 3].map(() => takeAnchor(database.knex, settings.hash, '2026-11-28')));
    expect(again).to.deep.equal([null, null, null]);
    expect(await takeAnchor(database.knex, settings.hash, '2026-11-20'), 'nor is one taken for a day before').to.equal(null);
  });

  it('a tail that was cut off with the rows made to fit is named', async () => {
    const { id, caseNo } = await newCase();
    await anchor('2026-11-28');
    await forge(id, (events) => events.slice(0, 2));
    expect(await verifyCase(database.knex, settings, caseNo), 'the chain alone does not show it').to.deep.equal([]);
    expect(await found()).to.deep.equal([`case cut ${caseNo}`]);
  });

  it('a word that was changed, with the chain made anew by the key, is named', async () => {
    const { id, caseNo } = await newCase();
    await anchor('2026-11-28');
    await forge(id, (events) => events.map((row) => ({ ...row, what: JSON.parse(JSON.stringify(row.what).replace('电话', '书面')) as EventRow['what'] })));
    expect(await verifyCase(database.knex, settings, caseNo), 'the chain alone does not show it').to.deep.equal([]);
    expect(await found()).to.deep.equal([`case rewritten ${caseNo}`]);
  });

  it('a case that is gone with all that was of it is named', async () => {
    const { knex } = database;
    const { id } = await newCase();
    await anchor('2026-11-28');
    await unseen(['case_event'], (owner) => owner('case_event').where({ case_id: id }).delete());
    for (const table of ['incident', 'case_task', 'case_party', 'case_subject']) await knex(table).where({ case_id: id }).delete();
    await knex('case_file').where({ id }).delete();
    expect(await found()).to.deep.equal(['case missing']);
  });

  it('a rule of yesterday that says something else today, or is gone, is named', async () => {
    const { knex } = database;
    await anchor('2026-11-28');
    const rule: { id: number; code: string } = await knex('rule_version').where({ code: 'incident.verify' }).first('id', 'code');
    await unseen(['rule_version'], (owner) => owner('rule_version').where({ id: rule.id }).update({ value: 99 }));
    expect(await found()).to.deep.equal(['rule rewritten incident.verify']);
    await unseen(['rule_version'], (owner) => owner('rule_version').where({ id: rule.id }).delete());
    expect(await found()).to.deep.equal(['rule missing']);
  });

  it('rights that were given by hand are named, also when an anchor was taken since; those in the access log are not', async () => {
    const { knex } = database;
    await knex('unit').insert({ id: 'xyb', name: '市信用办', short_name: '信用办', name_en: 'Credit office', kind: 'creditOffice' }).onConflict('id').ignore();
    const [person]: { id: string }[] = await knex('person').insert({ username: 'li.clerk', name: '李某', name_en: 'Li', mail: 'li@example.org', password_hash: 'x' }).returning('id');
    await anchor('2026-11-27');
    await knex('person_role').insert({ person_id: person!.id, unit_id: 'xyb', role: 'head' });
    expect(await found()).to.deep.equal(['person unlogged li.clerk']);
    await anchor('2026-11-28');
    expect(await found(), 'the next anchor does not wash it clean').to.deep.equal(['person unlogged li.clerk']);
    await knex('access_log').insert({ kind: 'rolesChanged', subject_id: person!.id, at: (await knex('anchor').where({ number: 2 }).first<{ taken_at: Date }>('taken_at')).taken_at });
    expect(await found()).to.deep.equal([]);
  });

  it('a line of the access log that was changed or taken out is named', async () => {
    const { knex } = database;
    const hours = (n: number) => new Date(Date.now() - n * 3_600_000);
    await knex('access_log').insert([3, 2].map((n) => ({ kind: 'signIn', username: `clerk${n}`, at: hours(n), written_at: hours(n) })));
    await anchor('2026-11-28');
    await knex('access_log').insert({ kind: 'signIn', username: 'later' });
    expect(await found()).to.deep.equal([]);
    await unseen(['access_log'], (owner) => owner('access_log').where({ username: 'clerk3' }).delete());
    expect(await found()).to.deep.equal(['accessLog rewritten']);
  });

  it('a view that was written long after it happened belongs to the anchor after it was written', async () => {
    const { knex } = database;
    const hours = (n: number) => new Date(Date.now() - n * 3_600_000);
    await knex('access_log').insert([{ kind: 'signIn', at: hours(3), written_at: hours(3) }, { kind: 'caseViewed', about: 'XZ-2026-000001', at: hours(3) }]);
    await anchor('2026-11-28');
    expect(await knex('anchor_leaf').where({ kind: 'accessLog' }).pluck('seq')).to.deep.equal(await knex('access_log').where({ kind: 'signIn' }).pluck('id'));
    await unseen(['access_log'], (owner) => owner('access_log').where({ kind: 'caseViewed' }).update({ written_at: hours(2) }));
    await anchor('2026-11-29');
    expect(await found()).to.deep.equal([]);
    await unseen(['access_log'], (owner) => owner('access_log').where({ kind: 'caseViewed' }).update({ about: 'XZ-2026-000002' }));
    expect(await found()).to.deep.equal(['accessLog rewritten']);
  });

  it('lines of before the log said when it was written prove themselves by the digest of then', async () => {
    const { knex } = database;
    await knex('access_log').insert({ kind: 'signIn', username: 'clerk', at: new Date(Date.now() - 3 * 3_600_000), written_at: null });
    const row: Record<string, unknown> = await knex('access_log').first('*');
    const { about: _about, written_at: _writtenAt, ...line } = row;
    await anchor('2026-11-28');
    const leaf = await knex('anchor_leaf').where({ kind: 'accessLog' }).first<{ digest: Buffer }>('digest');
    expect(leaf.digest.toString('hex')).to.equal(createHash('sha256').update(`${canonicalJson(line)}\n`).digest('hex'));
  });

  it('lines go whole stretches at a time when their anchor is older than the rule says, and the rest still proves itself', async () => {
    const { knex } = database;
    const months = (n: number) => new Date(Date.now() - n * 31 * 86_400_000);
    for (const age of [9, 7, 5]) {
      await knex('access_log').insert([1, 2].map((n) => ({ kind: 'signIn', username: `clerk${age}.${n}`, at: months(age), written_at: months(age) })));
      await anchor(months(age - 0.1).toISOString().slice(0, 10));
    }
    await unseen(['anchor'], (owner) => owner.raw(`update anchor set taken_at = day + interval '1 hour'`));
    expect(await tidyAccessLog(knex, 8), 'a longer rule keeps more').to.equal(2);
    expect(await tidyAccessLog(knex, 1), 'no rule makes it less than six months').to.equal(2);
    expect(await knex('access_log').orderBy('id').pluck('username')).to.deep.equal(['clerk5.1', 'clerk5.2']);
    expect(await found()).to.deep.equal([]);
    await unseen(['access_log'], (owner) => owner('access_log').where({ username: 'clerk5.1' }).delete());
    expect(await found()).to.deep.equal(['accessLog rewritten']);
  });

  it('leaves that were changed no longer give the root; anchors made anew are not those that were sent out', async () => {
    const { knex } = database;
    const { id } = await newCase();
    const sent = (await anchor('2026-11-28')).root.toString('hex');
    await forge(id, (events) => events.slice(0, 2));
    const { head_hash: head } = await knex('case_file').where({ id }).first<{ head_hash: Buffer }>('head_hash');
    await unseen(['anchor_leaf'], (owner) => owner('anchor_leaf').where({ kind: 'case' }).update({ seq: 2, digest: head }));
    expect(await found()).to.deep.equal(['anchor root 2026-11-28']);
    await unseen(['anchor_leaf', 'anchor'], async (owner) => {
      await owner('anchor').delete();
      await owner('anchor_leaf').delete();
    });
    await anchor('2026-11-28');
    expect(await found(), 'who has everything but the mail').to.deep.equal([]);
    expect(await found(sent)).to.deep.equal(['anchor root']);
  });

  it('neither an anchor nor a leaf can be changed or deleted by a statement', async () => {
    await newCase();
    await anchor('2026-11-28');
    for (const sql of ["update anchor set root = 'x'", 'delete from anchor', 'truncate anchor', 'update anchor_leaf set seq = 1', 'delete from anchor_leaf', 'truncate anchor_leaf']) {
      await asOwner(database.knex, (owner) => owner.raw(sql)).then(() => expect.fail(sql), (error: unknown) => expect(String(error)).to.contain('append-only'));
    }
  });
});
