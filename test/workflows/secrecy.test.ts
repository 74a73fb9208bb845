import { expect } from 'chai';
import proto from '@temporalio/proto';
import { workflowId } from '../../src/platform/casefile/gateway.ts';
import { command, complete, newIncident } from '../support/cases.ts';
import { people } from '../support/people.ts';
import { upTo } from './paths.ts';
import { startCases, type RunningCases } from './running.ts';

const { GetWorkflowExecutionHistoryResponse } = proto.temporal.api.workflowservice.v1;

describe('secrecy: what Temporal keeps of a case', () => {
  let cases: RunningCases;
  before(async function () {
    this.timeout(60_000);
    cases = await startCases();
  });
  after(() => cases.close());

  /** The history as the server has it, before any codec. */
  async function stored(caseId: string): Promise<Buffer> {
    const history = await cases.client.workflowService.getWorkflowExecutionHistory({
      namespace: cases.config.temporalNamespace,
      execution: { workflowId: workflowId('incident', caseId) },
    });
    return Buffer.from(GetWorkflowExecutionHistoryResponse.encode(GetWorkflowExecutionHistoryResponse.fromObject(history)).finish());
  }

  it('nothing of what was reported, written, or who did it can be read in the server', async () => {
    const opening = newIncident({ what: '某中学学生用餐后不适', place: '宿豫区江山大道' }, '绝密标题一号');
    const id = await cases.open(opening);
    await upTo(cases, 'assign#1', id);
    await cases.act(id, people.handler, { type: 'comment', task: 'assign#1', text: '绝密意见二号' });
    // What is refused late travels as a failure with a message.
    const twice = [people.handler, people.handlerColleague].map((by) => cases.gateway.act('incident', id, command(by, complete('assign#1', 'assigned', { accountable: 'scjg', instruction: '绝密指示三号', parts: [] }))));
    await Promise.allSettled(twice);
    const bytes = await stored(id);
    expect(bytes.length).to.be.greaterThan(5000);
    for (const secret of ['绝密', '中学', '江山大道', '91321300MA1TE8T08T', people.handler.name, people.handler.id, 'refused', 'verify#1', 'assigned']) {
      expect(bytes.includes(Buffer.from(secret)), secret).to.equal(false);
    }
  });

  it('the id of the run says the kind of case and a number without meaning, and of the case nothing is kept for searching', async () => {
    const id = await cases.open();
    const { workflowId: name, memo, typedSearchAttributes } = await cases.handle(id).describe();
    expect(name).to.match(/^incident-[0-9a-f-]{36}$/u);
    expect(memo ?? {}).to.deep.equal({});
    // The SDK itself notes which worker was at it.
    expect(typedSearchAttributes.getAll().map(({ key }) => key.name)).to.deep.equal(['BuildIds']);
  });
});
