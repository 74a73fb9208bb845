import { expect } from 'chai';
import { createCaseOpener } from '../../src/platform/casefile/open-due.ts';
import { verifyCase } from '../../src/platform/casefile/verify.ts';
import { correctSubject, lockSubject, subjectsNamed, type SubjectFields } from '../../src/platform/records/subjects.ts';
import { createSeal } from '../../src/platform/seal.ts';
import { command, complete, formOf } from '../support/cases.ts';
import { eventually } from '../support/eventually.ts';
import { people } from '../support/people.ts';
import { startCases, type RunningCases } from './running.ts';

const uscc = '91321300MA1TE8T08T';
const otherCode = '91320100134775688Y';

describe('situation 24, from the double code to its correction, on the real servers', () => {
  let cases: RunningCases;
  const acting = { person: null, reason: '登记机关确认两家存续' };
  before(async function () {
    this.timeout(60_000);
    cases = await startCases();
  });
  after(() => cases.close());

  const open = (): Promise<number> => createCaseOpener(cases)();
  async function named(name: string): Promise<string> {
    const { secrets, cipher, hash } = cases.config;
    const [found] = await cases.knex.transaction((trx) => subjectsNamed(trx, createSeal({ key: secrets.seal, cipher, hash }), [{ kind: 'organisation', uscc, name, difference: 'another' }], acting));
    return found && 'subject' in found ? found.subject.id : expect.fail(name);
  }
  const correct = (id: string, change: Partial<Omit<SubjectFields, 'frozen'>>) =>
    cases.knex.transaction(async (trx) => correctSubject(trx, (await lockSubject(trx, id))!, change, acting));
  const all = (): Promise<{ case_id: string; status: string; outcome: string | null }[]> => cases.knex('code_correction').where({ uscc }).orderBy('opened_at').select('case_id', 'status', 'outcome');
  async function theOpenOne(): Promise<string> {
    await eventually('the case of the code', async () => (await cases.knex('case_task').where({ kind: 'codeCorrection', stage: 'assign', status: 'open' })).length === 1);
    return (await all()).find(({ status }) => status === 'open')!.case_id;
  }
  const done = (caseId: string, by: Parameters<typeof command>[0], task: string, outcome: string) =>
    cases.gateway.act('codeCorrection', caseId, command(by, complete(task, outcome, formOf('codeCorrection', task))));
  const closed = (caseId: string) => cases.until(caseId, (state) => state.closings.length === 1);

  it('one case a code and occurrence, however often it is looked for; a new occurrence is a new case, also one that comes while the case is being closed', async () => {
    const first = await named('宿迁某食品有限公司');
    const second = await named('宿迁别家商贸有限公司');
    expect(await cases.knex('case_due').where({ uscc })).to.have.length(1);
    expect(await open()).to.equal(1);
    await Promise.all([open(), open()]);
    const caseId = await theOpenOne();
    expect(await open(), 'nothing waits any more').to.equal(0);
    const third = await named('宿迁第三家商贸有限公司');
    expect(await open(), 'its case is open').to.equal(0);
    expect((await cases.state(caseId)).opening['holders']).to.deep.equal([first, second].toSorted((a, b) => (a < b ? -1 : 1)).map((id) => ({ id, name: id === first ? '宿迁某食品有限公司' : '宿迁别家商贸有限公司' })));

    await done(caseId, people.handler, 'assign#1', 'assigned');
    await cases.opened(caseId, 'correct#1');
    await correct(third, { standing: 'deregistered' });
    await correct(second, { uscc: otherCode });
    await done(caseId, people.market, 'correct#1', 'corrected');
    await closed(caseId);
    expect(await open()).to.equal(0);
    const mails: { unit_id: string; template: string }[] = await cases.knex('mail').where({ case_id: caseId }).select('unit_id', 'template');
    expect(mails.map(({ unit_id: unit, template }) => `${unit} ${template}`).toSorted((a, b) => (a < b ? -1 : 1))).to.deep.equal(['scjg assigned', 'scjg closed', 'xyb assigned', 'xyb closed']);

    await correct(second, { uscc });
    await open();
    const again = await theOpenOne();
    expect(again).to.not.equal(caseId);
    // Mended, looked at, and double once more before the case is closed.
    await correct(second, { uscc: otherCode });
    await correct(second, { uscc });
    expect(await open()).to.equal(0);
    await done(again, people.handler, 'assign#1', 'settled');
    await closed(again);
    expect(await open()).to.equal(1);
    await theOpenOne();
    expect((await all()).map(({ status, outcome }) => outcome ?? status)).to.deep.equal(['corrected', 'settled', 'open']);
    const { hash, secrets } = cases.config;
    for (const { case_id: id } of await all()) expect(await verifyCase(cases.knex, { hash, key: secrets.chain }, (await cases.state(id)).caseNo)).to.deep.equal([]);
  });
});
