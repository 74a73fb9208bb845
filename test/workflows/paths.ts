import { randomUUID } from 'node:crypto';
import { ScriptedCase } from '../../src/demo/scripted-case.ts';
import { createReadLaw } from '../../src/platform/law.ts';
import { actorOf, type Acting } from '../../src/rules/casefile/commands.ts';
import type { Form, TaskState } from '../../src/rules/casefile/types.ts';
import type { IncidentStage } from '../../src/rules/incident/process.ts';
import { handleIncident } from '../../workflows/incident.ts';
import { forms, newIncident, part } from '../support/cases.ts';
import { people, somebody } from '../support/people.ts';
import type { RunningCases } from './running.ts';

type Step = readonly [by: Acting, task: string, outcome: string, form?: Form];

const general = { ...forms.grade, base: 'general', level: 'general' };
const onePart = { ...forms.assign, parts: [part('scjg')] };

/** The shortest way through every stage: a general incident with one part. */
export const shortWay: readonly Step[] = [
  [people.handler, 'verify#1', 'founded'],
  [people.handler, 'grade#1', 'graded', general],
  [people.handler, 'assign#1', 'assigned', onePart],
  [people.market, 'acknowledge:scjg#1', 'acknowledged'],
  [people.market, 'first-report#1', 'reported'],
  [people.market, 'handle:scjg.1#1', 'handled'],
  [people.market, 'opinion#1', 'drafted'],
  [people.reviewer, 'legal-review#1', 'agreed'],
  [people.marketHead, 'approve#1', 'approved'],
  [people.handler, 'disclose#1', 'proposed'],
  [people.officeHead, 'release#1', 'released'],
  [people.handler, 'feedback#1', 'fedBack'],
  [people.market, 'prevention#1', 'planned'],
  [people.supervisor, 'prevention-check#1', 'effective'],
  [people.handler, 'close#1', 'closed'],
];

export async function follow(cases: RunningCases, caseId: string, steps: readonly Step[]): Promise<void> {
  for (const [by, task, outcome, form] of steps) await cases.done(caseId, by, task, outcome, form);
}

/** Goes the short way until the task is open. */
export async function upTo(cases: RunningCases, task: string, caseId?: string): Promise<string> {
  const id = caseId ?? (await cases.open());
  await follow(cases, id, shortWay.slice(0, shortWay.findIndex(([, name]) => name === task)));
  await cases.until(id, (state) => state.tasks[task]?.status === 'open');
  return id;
}

export async function closed(cases: RunningCases, caseId: string, times = 1): Promise<void> {
  await cases.until(caseId, (state) => state.closings.length === times);
}

/**
 * Writes the file of a case that was handled and closed so many milliseconds ago, as a city takes over its old ones; what
 * became public is so for a month. No process runs on it.
 */
export async function closedLongAgo(cases: RunningCases, ago: number): Promise<string> {
  const id = randomUUID();
  const now = Date.now();
  const { calendar } = await createReadLaw(cases.knex)();
  const file = new ScriptedCase({
    id,
    activities: cases.activities,
    calendar,
    begins: new Date(now - ago).toISOString(),
    ends: new Date(now).toISOString(),
    script(task: TaskState) {
      const step = shortWay.find(([, name]) => name === task.id);
      if (!step) return null;
      const [by, , outcome, form] = step;
      const own = form ?? (forms[task.stage as IncidentStage] as Form);
      return { by, outcome, hours: 0, form: task.stage === 'disclose' ? { ...own, months: 1 } : own };
    },
  });
  const { title, opening } = newIncident();
  await file.play('incident', { title, opening, actor: actorOf(people.handler) }, handleIncident);
  return id;
}

/** Writes to the file as another run would: a restored server, a forced restart. */
export async function byAnotherRun(cases: RunningCases, caseId: string, text: string): Promise<void> {
  const { seq } = await cases.state(caseId);
  const actor = actorOf(people.handler);
  await cases.activities.record({
    caseId, after: seq, key: randomUUID(), command: true, actor, drafts: [{ type: 'task.commented', task: 'verify#1', text }], at: null, requestId: null,
  });
}

/** One way that an incident can go, from its opening to where nothing is left to do on it for now; gives the case's id. */
export type Path = (cases: RunningCases) => Promise<string>;

/** Every branch of the procedure and every act beside it, on a calendar of ordinary days. */
export const paths = {
  async wholeWay(cases) {
    const id = await cases.open();
    await follow(cases, id, [
      [people.handler, 'verify#1', 'founded'],
      [people.handler, 'grade#1', 'graded'],
      [people.handler, 'assign#1', 'assigned'],
      [people.publicity, 'statement#1', 'published'],
      [people.market, 'acknowledge:scjg#1', 'acknowledged'],
      [people.ecology, 'acknowledge:hbj#1', 'acknowledged'],
      [people.ecology, 'handle:hbj.2#1', 'handled'],
      [people.market, 'first-report#1', 'reported'],
      [people.market, 'handle:scjg.1#1', 'handled'],
      ...shortWay.slice(6),
    ]);
    await closed(cases, id);
    return id;
  },

  async unfoundedThenReopened(cases) {
    const id = await cases.open();
    await cases.done(id, people.handler, 'verify#1', 'unfounded');
    await closed(cases, id);
    await cases.act(id, people.supervisor, { type: 'reopen', reason: '有新线索' });
    await cases.done(id, people.handlerColleague, 'verify#2', 'founded');
    await cases.opened(id, 'grade#1');
    return id;
  },

  /** Nobody may say alone that the public is not answered. */
  async statementNotNeeded(cases) {
    const id = await cases.open();
    await follow(cases, id, [
      [people.handler, 'verify#1', 'founded'],
      [people.handler, 'grade#1', 'graded'],
      [people.publicity, 'statement#1', 'notNeeded'],
      [people.officeHead, 'statement-confirm#1', 'sentBack', { comment: '媒体已有报道，应当回应' }],
      [people.publicity, 'statement#2', 'notNeeded'],
      [people.officeHead, 'statement-confirm#2', 'confirmed'],
    ]);
    await cases.opened(id, 'assign#1');
    return id;
  },

  async duplicate(cases) {
    const other = await cases.open(newIncident({}, '同一事件的前一报告'));
    const { caseNo, title } = await cases.state(other);
    const id = await cases.open();
    await cases.done(id, people.handler, 'verify#1', 'duplicate', { finding: '同一事件', of: { caseId: other, caseNo, title } });
    await closed(cases, id);
    return id;
  },

  async assignmentReturned(cases) {
    const id = await upTo(cases, 'assign#1');
    await follow(cases, id, [
      [people.handler, 'assign#1', 'assigned', forms.assign],
      [people.ecology, 'acknowledge:hbj#1', 'returned', { reason: '不属本部门职责' }],
      [people.market, 'acknowledge:scjg#1', 'acknowledged'],
      [people.handler, 'assign#2', 'assigned', onePart],
      [people.market, 'acknowledge:scjg#2', 'acknowledged'],
    ]);
    await cases.opened(id, 'first-report#1', 'handle:scjg.1#1');
    return id;
  },

  async opinionSentBack(cases) {
    const id = await upTo(cases, 'legal-review#1');
    await follow(cases, id, [
      [people.reviewer, 'legal-review#1', 'sentBack', { comment: '依据不准确' }],
      [people.market, 'opinion#2', 'drafted'],
      [people.reviewer, 'legal-review#2', 'agreed'],
      [people.marketHead, 'approve#1', 'sentBack', { comment: '措施不具体' }],
      [people.marketColleague, 'opinion#3', 'drafted'],
      [people.reviewer, 'legal-review#3', 'agreed'],
      [people.marketHead, 'approve#2', 'approved'],
    ]);
    await cases.opened(id, 'disclose#1');
    return id;
  },

  async withheld(cases) {
    const id = await upTo(cases, 'disclose#1');
    await follow(cases, id, [
      [people.handler, 'disclose#1', 'withheld', { ...forms.disclose, reason: '涉及未成年人' }],
      [people.officeHead, 'release#1', 'confirmedWithheld'],
    ]);
    await cases.opened(id, 'feedback#1');
    return id;
  },

  async releaseSentBack(cases) {
    const id = await upTo(cases, 'disclose#1');
    await follow(cases, id, [
      [people.handler, 'disclose#1', 'withheld'],
      [people.officeHead, 'release#1', 'sentBack', { comment: '应当公开' }],
      [people.handler, 'disclose#2', 'proposed'],
      [people.officeHead, 'release#2', 'released'],
    ]);
    await cases.opened(id, 'feedback#1');
    return id;
  },

  async preventionInsufficient(cases) {
    const id = await upTo(cases, 'prevention-check#1');
    await follow(cases, id, [
      [people.supervisor, 'prevention-check#1', 'insufficient', { finding: '措施未落实' }],
      [people.market, 'prevention#2', 'planned'],
      [people.supervisor, 'prevention-check#2', 'effective'],
    ]);
    await cases.opened(id, 'close#1');
    return id;
  },

  async extensions(cases) {
    const id = await upTo(cases, 'first-report#1');
    await cases.act(id, people.market, { type: 'requestExtension', task: 'first-report#1', days: 3, reason: '等待检测' });
    await cases.done(id, people.supervisor, 'extension:first-report#1#1', 'granted', { comment: '同意' });
    await cases.act(id, people.market, { type: 'requestExtension', task: 'handle:scjg.1#1', days: 5, reason: '人手不足' });
    await cases.done(id, people.supervisor, 'extension:handle:scjg.1#1#1', 'refused', { comment: '不同意' });
    await cases.done(id, people.market, 'handle:scjg.1#1', 'handled');
    await cases.done(id, people.market, 'first-report#1', 'reported');
    await cases.act(id, people.market, { type: 'requestExtension', task: 'opinion#1', days: 2, reason: '' });
    await cases.done(id, people.market, 'opinion#1', 'drafted');
    await cases.opened(id, 'legal-review#1');
    return id;
  },

  async actsBeside(cases) {
    const id = await cases.open();
    const colleague = { person: people.handlerColleague.id, name: people.handlerColleague.name };
    const files = [{ hash: 'a'.repeat(64), name: '现场照片.jpg', mime: 'image/jpeg', bytes: 12_345 }];
    await cases.act(id, people.handler, { type: 'claim', task: 'verify#1' });
    await cases.act(id, people.handler, { type: 'comment', task: 'verify#1', text: '已电话核实' });
    await cases.act(id, people.handler, { type: 'attach', task: 'verify#1', files });
    await cases.act(id, people.handler, { type: 'release', task: 'verify#1', reason: '出差' });
    await cases.act(id, people.officeHead, { type: 'reassign', task: 'verify#1', to: colleague, reason: '请接办' });
    await cases.act(id, people.supervisor, { type: 'urge', task: 'verify#1', text: '请今日内完成' });
    await cases.act(id, people.supervisor, { type: 'supervise', task: 'verify#1', text: '请书面说明' });
    await cases.done(id, people.handler, 'supervision:verify#1#1', 'answered', { answer: '已说明' });
    await cases.done(id, people.handlerColleague, 'verify#1', 'founded');
    await cases.opened(id, 'grade#1');
    return id;
  },

  async accountClosed(cases) {
    const id = await cases.open();
    await cases.act(id, people.handlerColleague, { type: 'claim', task: 'verify#1' });
    await cases.act(id, somebody('xyb.sysadmin', 'systemAdmin'), { type: 'vacate', task: 'verify#1', of: people.handlerColleague.id, because: 'accountClosed' });
    await cases.done(id, people.handler, 'verify#1', 'founded');
    await cases.opened(id, 'grade#1');
    return id;
  },

  async recusal(cases) {
    const id = await cases.open();
    const person = { person: people.handler.id, name: people.handler.name };
    await cases.act(id, people.handler, { type: 'claim', task: 'verify#1' });
    await cases.act(id, people.supervisor, { type: 'recuse', person, reason: '近亲属' });
    await cases.done(id, people.handlerColleague, 'verify#1', 'founded');
    await cases.act(id, people.supervisor, { type: 'liftRecusal', person, reason: '查明无关' });
    await cases.done(id, people.handler, 'grade#1', 'graded', general);
    await cases.opened(id, 'assign#1');
    return id;
  },

  async withdrawnAfterClosing(cases) {
    const id = await upTo(cases, 'close#1');
    await cases.act(id, people.handler, { type: 'proposeWithdrawal', disclosure: 'release#1', reason: '事实有误' });
    await cases.done(id, people.officeHead, 'withdrawal:release#1#1', 'kept', { comment: '无误' });
    await cases.act(id, people.handler, { type: 'proposeWithdrawal', disclosure: 'release#1', reason: '处罚被撤销' });
    await cases.done(id, people.handler, 'close#1', 'closed');
    await closed(cases, id);
    await cases.done(id, people.officeHead, 'withdrawal:release#1#2', 'withdrawn', { comment: '同意' });
    return id;
  },

  async reopenedAfterClosing(cases) {
    const id = await upTo(cases, 'close#1');
    await cases.done(id, people.handler, 'close#1', 'closed');
    await closed(cases, id);
    await cases.act(id, people.officeHead, { type: 'reopen', reason: '整改不到位' });
    await follow(cases, id, [
      [people.handler, 'assign#2', 'assigned', onePart],
      [people.market, 'acknowledge:scjg#2', 'acknowledged'],
    ]);
    await cases.opened(id, 'first-report#2', 'handle:scjg.1#2');
    return id;
  },

  /** Two persons at once: the server takes both, the second is refused when its turn comes. */
  async twoAtOnce(cases) {
    const id = await cases.open();
    await Promise.allSettled([people.handler, people.handlerColleague].map((by) => cases.done(id, by, 'verify#1', 'founded')));
    await cases.opened(id, 'grade#1');
    return id;
  },

  /** A process that begins on a file half done, as after its own data was lost. */
  async takenUp(cases) {
    const id = await upTo(cases, 'opinion#1');
    await cases.handle(id).terminate('lost');
    await cases.gateway.takeUp('incident', id);
    await cases.done(id, people.market, 'opinion#1', 'drafted');
    await cases.opened(id, 'legal-review#1');
    return id;
  },
} as const satisfies Record<string, Path>;
