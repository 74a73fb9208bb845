import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger, Worker, type WorkflowBundleOption } from '@temporalio/worker';
import { DeterminismViolationError } from '@temporalio/workflow';
import { expect } from 'chai';
import { FAILURE_CONVERTER_PATH } from '../../src/platform/temporal/codec.ts';
import { actRules } from '../../src/rules/casefile/acts.ts';
import type { Happening } from '../../src/rules/casefile/events.ts';
import { sideOutcomes } from '../../src/rules/casefile/process.ts';
import type { Rung } from '../../src/rules/casefile/types.ts';
import { levels } from '../../src/rules/incident/facts.ts';
import { processes } from '../../src/rules/processes.ts';
import { actUpdate, openedUpdate, recomputeUpdate } from '../../workflows/case/running.ts';
import * as workflows from '../../workflows/index.ts';
import { quietTemporal } from '../support/quiet-temporal.ts';
import { testWorkflowBundle } from '../support/stack.ts';
import { dataConverter, historyFromJson, payloadTexts, recordingsOf, tell, versions, type Json, type Recording, type Told } from './histories.ts';
import { situations } from './situations.ts';

const recordings = versions().flatMap(recordingsOf);
const named = (name: string): Recording => recordings.find((one) => one.name === name)!;

/** What the replayer says to each history: nothing, or why today's code would not have made it. */
async function replay(histories: readonly Recording[], workflowBundle: WorkflowBundleOption): Promise<Map<string, Error | undefined>> {
  const given = histories.map(({ name, events }) => ({ workflowId: name, history: historyFromJson({ events }) }));
  const said = new Map<string, Error | undefined>();
  for await (const { workflowId, error } of Worker.runReplayHistories({ workflowBundle, dataConverter }, given)) said.set(workflowId, error);
  return said;
}

describe('replay: what was begun under earlier code goes on under today\'s', () => {
  let bundle: { codePath: string };
  let said: Map<string, Error | undefined>;
  before(async function () {
    this.timeout(60_000);
    quietTemporal();
    bundle = { codePath: await testWorkflowBundle() };
    said = await replay(recordings, bundle);
  });

  for (const { name, situation } of recordings) {
    it(`${name}: ${situation}`, () => {
      expect(said.has(name), 'it was replayed').to.equal(true);
      expect(said.get(name)).to.equal(undefined);
    });
  }

  describe('the replayer notices', () => {
    const history = named('v1/withheld');
    /** The history as if a workflow of another name had made it. */
    const madeBy = (workflow: string): Recording => ({ ...history, events: changed(history.events, '"name":"incident"', `"name":"${workflow}"`) });

    function changed(events: Json[], from: string, to: string): Json[] {
      const text = JSON.stringify(events);
      expect(text).to.include(from);
      return JSON.parse(text.replace(from, to)) as Json[];
    }

    it('a history in which the process asked for something else', async () => {
      const other = { ...history, events: changed(history.events, '"name":"deliver"', '"name":"discard"') };
      expect((await replay([other], bundle)).get(history.name)).to.be.instanceOf(DeterminismViolationError);
    });

    it('a stage that was put into the procedure, unless it is guarded by patched()', async function () {
      this.timeout(60_000);
      const changedBundle = await bundleWorkflowCode({
        workflowsPath: fileURLToPath(new URL('changed/index.ts', import.meta.url)),
        failureConverterPath: FAILURE_CONVERTER_PATH,
        logger: new DefaultLogger('ERROR'),
      });
      expect((await replay([madeBy('unguarded')], changedBundle)).get(history.name)).to.be.instanceOf(DeterminismViolationError);
      expect((await replay([madeBy('guarded')], changedBundle)).get(history.name)).to.equal(undefined);
    });
  });
});

/** Every happening must be named here, or this does not compile; false: no act and no step records it yet. */
const happenings: Record<Happening['type'], boolean> = {
  'case.opened': true,
  'case.closed': true,
  'case.reopened': true,
  'case.recused': true,
  'case.recusalLifted': true,
  'case.commented': false,
  'case.withdrawn': true,
  'case.joined': true,
  'subject.banned': true,
  'correction.published': true,
  'records.changed': true,
  'task.opened': true,
  'task.claimed': true,
  'task.released': true,
  'task.reassigned': true,
  'task.commented': true,
  'task.attached': true,
  'task.completed': true,
  'task.cancelled': true,
  'task.urged': true,
  'task.rung': true,
  'task.suspended': true,
  'task.resumed': true,
  'extension.requested': true,
  'extension.decided': true,
  'deadline.recomputed': true,
  'disclosure.published': true,
  'disclosure.withdrawn': true,
  'disclosure.ended': true,
};
const rungs: Record<Rung, true> = { soon: true, due: true, head: true, supervisor: true };

describe('recorded histories: no path of a process is without one', () => {
  let told: Told[];
  /** Everything of that type that was recorded in any of them. */
  const recorded = <T extends Happening['type']>(type: T, kind?: string): Extract<Happening, { type: T }>[] =>
    told.filter(({ workflow }) => kind === undefined || workflow === kind).flatMap((one) => one.happenings).filter((what): what is Extract<Happening, { type: T }> => what.type === type);
  const ended = ({ task, outcome }: { task: string; outcome: string }): string => `${task.split(/[:#]/u)[0]} ${outcome}`;
  const besides = Object.entries(sideOutcomes).flatMap(([stage, ends]) => ends.map((outcome) => `${stage} ${outcome}`));
  before(async () => {
    told = await Promise.all(recordings.map(tell));
  });

  it('every situation that can be played', () => {
    const names = new Set(recordings.map(({ name }) => name.split('/')[1]));
    expect(situations.filter(({ name }) => !names.has(name)).map(({ name }) => name), 'to be recorded by `npm run record-histories`').to.deep.equal([]);
  });

  it('every workflow there is', () => {
    expect(new Set(told.map(({ workflow }) => workflow))).to.have.all.keys(Object.keys(workflows));
  });

  it('every act of a person', () => {
    expect(new Set(told.flatMap(({ commands }) => commands.map(({ act }) => act.type)))).to.have.all.keys(Object.keys(actRules));
  });

  it('every happening that a file can hold', () => {
    const wanted = Object.entries(happenings).filter(([, occurs]) => occurs).map(([type]) => type);
    expect(new Set(told.flatMap((one) => one.happenings.map(({ type }) => type)))).to.have.all.keys(wanted);
  });

  for (const { kind, stages } of Object.values(processes)) {
    it(`every outcome of every stage of an ${kind}`, () => {
      const outcomes = Object.entries(stages).map(([stage, of]) => [stage, of.outcomes] as const);
      const wanted = outcomes.flatMap(([stage, ends]) => ends.map((outcome) => `${stage} ${outcome}`));
      const found = new Set(recorded('task.completed', kind).map(ended).filter((end) => !besides.includes(end)));
      expect(found).to.have.all.keys(wanted);
    });
  }

  it('every outcome of the tasks beside a process', () => {
    expect(new Set(recorded('task.completed').map(ended))).to.include.keys(besides);
  });

  it('every level, every rung of the ladder, every way to close and to cancel', () => {
    expect(new Set(recorded('task.completed').map(({ form }) => form['level']))).to.include.keys(levels);
    expect(new Set(recorded('task.rung').map(({ rung }) => rung))).to.have.all.keys(Object.keys(rungs));
    expect(new Set(recorded('case.closed').map(({ outcome }) => outcome))).to.have.all.keys(
      ...['handled', 'unfounded', 'duplicate', 'granted', 'refused', 'notAccepted', 'withdrawn', 'revoked', 'upheldCorrect', 'upheldRemove', 'rejected', 'answered', 'corrected', 'settled', 'putBack', 'staysOff'],
    );
    expect(new Set(recorded('task.cancelled').map(({ reason }) => reason))).to.have.all.keys('caseClosed', 'taskDone', 'withdrawn', 'lapsed');
  });

  it('every update, a run that takes up a file, one that another continues, one that ends, a timer that fires, mail', () => {
    expect(new Set(told.flatMap(({ updates }) => [...updates]))).to.have.all.keys(actUpdate.name, openedUpdate.name, recomputeUpdate.name);
    expect(new Set(told.flatMap(({ activities }) => [...activities]))).to.have.all.keys('load', 'record', 'deliver', 'recomputeOpenCases');
    expect(told.some(({ takesUp }) => takesUp)).to.equal(true);
    expect([...new Set(told.flatMap(({ eventTypes }) => [...eventTypes]))]).to.include.members(
      ['TIMER_FIRED', 'TIMER_CANCELED', 'WORKFLOW_EXECUTION_CONTINUED_AS_NEW', 'WORKFLOW_EXECUTION_COMPLETED', 'ACTIVITY_TASK_COMPLETED'].map((type) => `EVENT_TYPE_${type}`),
    );
  });

  it('and none tells of the machine it was recorded on', async () => {
    for (const { name, events } of recordings) {
      const texts = [JSON.stringify(events), ...(await payloadTexts(events))].join('\n');
      expect(texts, name).not.to.match(/"identity"|\d@[\w-]+|file:\/\/|[" (](\/[\w.-]+){2,}\.[jt]s/u);
    }
  });
});
