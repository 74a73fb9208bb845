import { expect } from 'chai';
import { projectionsOf } from '../../src/platform/casefile/project.ts';
import { verifyCase } from '../../src/platform/casefile/verify.ts';
import { fold } from '../../src/rules/casefile/fold.ts';
import type { RecordState } from '../../src/rules/records/file.ts';
import { applicant } from '../support/cases.ts';
import { people } from '../support/people.ts';
import { repairPaths } from './repair-paths.ts';
import { startCases, type RunningCases } from './running.ts';

describe('repair: the procedure on the real servers', () => {
  let cases: RunningCases;
  let gone: Record<keyof typeof repairPaths, string>;
  before(async function () {
    this.timeout(90_000);
    cases = await startCases();
    const ends = await Promise.all(Object.entries(repairPaths).map(async ([name, path]) => [name, await path(cases)]));
    gone = Object.fromEntries(ends) as typeof gone;
  });
  after(() => cases.close());

  const recordOf = async (id: string): Promise<RecordState> => {
    const row: { state: RecordState } = await cases.knex('repair as a').join('record as r', 'r.id', 'a.record_id').where('a.case_id', id).first('r.state');
    return row.state;
  };
  const lettersTo = async (id: string): Promise<string[]> =>
    (await cases.knex('mail').where({ case_id: id }).whereNotNull('reporter_id').orderBy('event_seq').pluck<string[]>('template'));

  it('granted: the record is repaired, each unit released in turn, and the applicant has been told', async () => {
    const id = gone.repairGranted;
    const state = await cases.state(id);
    expect(state.caseNo).to.match(/^XF-\d{4}-\d{6}$/u);
    expect(state.closings[0]).to.deep.include({ outcome: 'granted' });
    const record = await recordOf(id);
    expect(record).to.deep.include({ status: 'repaired', because: id, uses: {} });
    expect(state.changed?.['repaired']?.units).to.deep.equal(['hbj', 'zx']);
    expect(await lettersTo(id)).to.deep.equal(['applicationAccepted', 'repairDecided']);
    expect(fold(id, await cases.events(id))).to.deep.equal(state);
  });

  it('what the case decided about the record stands in the record\'s own file, under the case\'s step', async () => {
    const { id: record } = await recordOf(gone.repairGranted);
    const rows: { type: string; key: string }[] = await cases.knex('record_event').where({ record_id: record }).orderBy('seq').select('type', 'key');
    expect(rows.slice(-3).map(({ type }) => type)).to.deep.equal(['record.repaired', 'record.released', 'record.released']);
    expect(rows.slice(-3).every(({ key }) => key.startsWith(`${gone.repairGranted}:records:`))).to.equal(true);
  });

  it('every case proves itself, and its lists follow from its events', async () => {
    for (const [name, id] of Object.entries(gone)) {
      const state = await cases.state(id);
      const { hash, secrets } = cases.config;
      expect(await verifyCase(cases.knex, { hash, key: secrets.chain }, state.caseNo), name).to.deep.equal([]);
      for (const { table, rows } of projectionsOf(state)) {
        expect(await cases.knex(table).where({ case_id: id }), `${name}: ${table}`).to.have.length(rows.length);
      }
    }
  });

  it('supplement: asked for once, supplied by the applicant, accepted with the days that were left', async () => {
    const { tasks } = await cases.state(gone.repairSupplemented);
    expect(tasks['supplement#1']?.doneBy).to.deep.equal({ person: applicant.id, name: applicant.name, unit: 'applicant' });
    expect(tasks['accept#2']?.deadline).to.deep.include({ ownDays: true });
    expect(await lettersTo(gone.repairSupplemented)).to.include('supplementAsked');
  });

  it('not accepted, and handed to the unit that made the record', async () => {
    expect((await cases.state(gone.repairNotAccepted)).closings[0]).to.deep.include({ summary: '尚在最短公示期内' });
    const row: unknown = await cases.knex('repair').where({ case_id: gone.repairHandedOver }).first('unit', 'step', 'status');
    expect(row).to.deep.equal({ unit: 'hbj', step: 'check', status: 'open' });
  });

  it('extended once, suspended, sent back and refused: the record stays public and the unit keeps its measure', async () => {
    const id = gone.repairExtendedThenRefused;
    const record = await recordOf(id);
    expect(record.status).to.equal('published');
    expect(Object.keys(record.uses)).to.deep.equal(['hbj']);
    expect(await lettersTo(id)).to.deep.equal(['applicationAccepted', 'applicationExtended', 'repairDecided']);
    const { tasks } = await cases.state(id);
    expect(tasks['check#2']?.deadline?.date).to.equal(tasks['decide#1']?.deadline?.date);
  });

  it('withdrawn: closed for good, nothing open, and the process is at its end', async () => {
    const state = await cases.state(gone.repairWithdrawn);
    expect(state.tasks['check#1']?.status).to.equal('cancelled');
    await cases.handle(gone.repairWithdrawn).result();
    expect(await cases.refused(gone.repairWithdrawn, people.supervisor, { type: 'reopen', reason: '' })).to.deep.equal({ key: 'refused.closedForGood' });
  });

  it('revoked: not before the firm was heard on facts and basis, once on the same ones; the one who decides sees what it said', async () => {
    const id = gone.repairHeard;
    const { tasks } = await cases.state(id);
    const asked = Object.values(tasks).filter(({ stage }) => stage === 'defence').map(({ brief, deadline, outcome }) => [brief['proposal'], deadline?.rule, outcome]);
    expect(asked).to.deep.equal([['revoke#1', 'repair.defence', 'waived'], ['revoke#2', 'repair.defence', 'stated'], ['revoke#4', 'repair.defence', 'stated']]);
    expect(tasks['defence#2']!.doneBy).to.deep.include({ person: people.market.id, unit: 'scjg' });
    const letters = await lettersTo(id);
    expect(letters.filter((template) => template === 'revocationProposed')).to.have.length(3);
    expect(letters.filter((template) => template === 'repairKept')).to.have.length(1);
    const told: { text: string } = await cases.knex('mail').where({ case_id: id, template: 'revocationProposed' }).first('text');
    expect(told.text).to.include('缴款凭证系伪造。').and.include('信用修复管理办法').and.include('陈述申辩期限').and.include('不会因此加重处理');
  });

  it('revoked: the record is public again, and no application is taken for three years', async () => {
    const id = gone.repairRevoked;
    const record = await recordOf(id);
    expect(record.status).to.equal('published');
    const row: { banned_until: string; outcome: string } = await cases.knex('repair').where({ case_id: id }).first('banned_until', 'outcome');
    expect(row.outcome).to.equal('revoked');
    expect(row.banned_until > new Date(Date.now() + 1000 * 86_400_000).toISOString().slice(0, 10)).to.equal(true);
    expect((await lettersTo(id)).at(-1)).to.equal('repairRevoked');
  });

  it('revoked: what was false is a record of the deciding unit, made in the same transaction and linked to case and record (虚假材料)', async () => {
    const id = gone.repairFollowedThenRevoked;
    const old = await recordOf(id);
    const row: { made_record: string; banned_until: string } = await cases.knex('repair').where({ case_id: id }).first('made_record', 'banned_until');
    const made: { state: RecordState; public: boolean } = await cases.knex('record').where({ id: row.made_record }).first('state', 'public');
    expect(made.public).to.equal(true);
    expect(made.state.facts).to.deep.include({ kind: 'falsePapers', unit: 'scjg', documentNo: '宿市监撤修〔2026〕1号', subject: old.facts.subject });
    expect(made.state.publicity.class).to.equal('GENERAL');
    expect(made.state.origin).to.deep.equal({ case: id, record: old.id });
    const [stored] = await cases.knex('record_event').where({ record_id: row.made_record }).orderBy('seq').select('recorded_at');
    const restored = await cases.knex('record_event').where({ record_id: old.id, type: 'record.restored' }).first('recorded_at');
    expect(stored).to.deep.equal(restored);
    expect(row.banned_until > new Date().toISOString().slice(0, 10)).to.equal(true);
  });

  it('revoked: the unit that takes its measure up again uses the record, and the applicant is told once', async () => {
    const id = gone.repairFollowedThenRevoked;
    expect(Object.keys((await recordOf(id)).uses)).to.deep.equal(['hbj']);
    const letters = await lettersTo(id);
    expect(letters.filter((template) => template === 'repairRevoked')).to.have.length(1);
    const told: { text: string } = await cases.knex('mail').where({ case_id: id, template: 'repairRevoked' }).first('text');
    expect(told.text).to.include('宿市监撤修〔2026〕1号').and.include('行政复议');
    const asked = await cases.knex('mail').where({ case_id: id, template: 'assigned' }).whereRaw("subject like '%请决定是否再次采取措施%'").pluck<string[]>('unit_id');
    expect(asked.toSorted()).to.deep.equal(['hbj', 'zx']);
  });
});
