import { workflowId } from '../../src/platform/casefile/gateway.ts';
import type { Level } from '../../src/rules/incident/facts.ts';
import { command, complete, forms, repairForms } from '../support/cases.ts';
import { people } from '../support/people.ts';
import { openRepair } from '../workflows/applications.ts';
import { codeCorrectionPaths, releasePaths, takedownPaths } from '../workflows/consequence-paths.ts';
import { objectionPaths } from '../workflows/objection-paths.ts';
import { byAnotherRun, closed, closedLongAgo, follow, paths, shortWay, upTo, type Path } from '../workflows/paths.ts';
import { repairPaths } from '../workflows/repair-paths.ts';
import { quickDays, type CasesOptions, type RunningCases } from '../workflows/running.ts';

/** Where a situation is played. */
export interface Ground {
  /** Cases on ordinary days, shared with others. */
  readonly shared: RunningCases;
  /** Cases of its own. */
  own(options: CasesOptions): Promise<RunningCases>;
  /** Cases on a Temporal server of their own, which finds a history long that has so many events. */
  ownServer(longAfter: number): Promise<RunningCases>;
}

/** Something a process can go through, of which a history is kept. */
export interface Situation {
  /** Name of its file. */
  readonly name: string;
  readonly says: string;
  /** Plays it to where nothing moves any more; gives the id of the workflow that went through it. */
  play(ground: Ground): Promise<string>;
}

const ofCase = (caseId: string): string => workflowId('incident', caseId);

const pathSays: Record<keyof typeof paths, string> = {
  wholeWay: 'the whole way, with co-handlers, a public statement, publication, feedback, prevention and closing',
  unfoundedThenReopened: 'what was unfounded is closed, reopened and verified again',
  statementNotNeeded: 'that no statement is needed is sent back, said again, and confirmed',
  duplicate: 'a duplicate is closed and linked',
  assignmentReturned: 'a part is returned and assigned anew',
  opinionSentBack: 'an opinion is sent back by legal review, then by the head',
  withheld: 'the disclosure is withheld, which a second person confirms',
  releaseSentBack: 'the disclosure is sent back by the one who releases it',
  preventionInsufficient: 'the prevention was not kept and is planned again',
  extensions: 'extensions are asked, granted, refused, and one is overtaken by the end of its task',
  actsBeside: 'a task is claimed, commented, given a file, released, reassigned, urged and supervised',
  accountClosed: 'the account of whoever had claimed a task is closed, and a colleague does it',
  recusal: 'a person is recused, and his recusal is lifted',
  withdrawnAfterClosing: 'a withdrawal is refused, another is decided after the closing',
  reopenedAfterClosing: 'a handled case is reopened and assigned again',
  twoAtOnce: 'two persons complete one task at once, the second is refused when his turn comes',
  takenUp: 'a process whose data was lost is taken up from the file by resume',
};

const dashed = (name: string): string => name.replaceAll(/[A-Z]/gu, (letter) => `-${letter.toLowerCase()}`);

const pathSituations = Object.entries(paths as Record<keyof typeof paths, Path>).map(
  ([name, path]): Situation => ({
    name: dashed(name),
    says: pathSays[name as keyof typeof paths],
    play: async ({ shared }) => ofCase(await path(shared)),
  }),
);

type ApplicationPath =
  | keyof typeof repairPaths | keyof typeof objectionPaths | keyof typeof releasePaths | keyof typeof codeCorrectionPaths | keyof typeof takedownPaths;
const applicationSays: Record<ApplicationPath, string> = {
  repairGranted: 'a repair is granted, two units lift their measures, and the follow-up closes it',
  repairSupplemented: 'an application is supplemented by the applicant and accepted with the days that were left',
  repairNotAccepted: 'an application is not accepted',
  repairHandedOver: 'an application is handed to the unit that made the record',
  repairExtendedThenRefused: 'a check is extended, suspended and resumed, sent back by the head, then refused',
  repairWithdrawn: 'an application is taken back before the decision',
  repairRevoked: 'a granted repair is looked at again twice and kept, then revoked',
  repairHeard: 'before a repair is revoked the firm is heard: given up, stated at a window, and heard again on other facts',
  repairFollowedThenRevoked: 'a third party is looked at twice; a repair is revoked after the proposal was sent back, what was false becomes a record, and one of two units takes its measure up again',
  objectionJoined: 'a second objector joins, the record is corrected, and everybody is told of it',
  objectionJoinedAfterRejection: 'a second objector joins an objection that was rejected',
  objectionRefused: 'an objection is refused after the refusal was sent back once',
  objectionRejected: 'an objection that the office checks itself is sent back, then rejected',
  objectionCorrected: 'an objection is upheld, the record corrected, and two units acknowledge it',
  objectionRemoved: 'an objection is upheld, the record removed, and a unit released',
  objectionWithdrawn: 'an objection is taken back',
  releaseLifted: 'a record is over, one unit lifts its measure and another had taken none',
  releaseSuspended: 'a record is shielded, one unit lets its measure rest and another lifts it',
  releaseShownAgain: 'a record is shown again, one unit takes its measure up and another does not',
  releaseFrozen: 'two units take note that a subject is frozen',
  codeCorrected: 'a code of two firms is handed to the registry, which corrects it',
  codeReturnedThenSettled: 'a code of two firms is given back by a unit that does not register them, and is settled meanwhile',
  codeSettledAtRegistry: 'the registry finds the code corrected elsewhere',
  takedownPutBack: 'a record that was taken off at once is put back by a second person',
  takedownStaysOffThenPutBack: 'a record that was taken off stays off, is looked at again and put back',
};

const applicationSituations = [
  ...Object.entries(repairPaths as Record<string, Path>).map(([name, path]) => ['repair', name, path] as const),
  ...Object.entries(objectionPaths as Record<string, Path>).map(([name, path]) => ['objection', name, path] as const),
  ...Object.entries(releasePaths as Record<string, Path>).map(([name, path]) => ['release', name, path] as const),
  ...Object.entries(codeCorrectionPaths as Record<string, Path>).map(([name, path]) => ['codeCorrection', name, path] as const),
  ...Object.entries(takedownPaths as Record<string, Path>).map(([name, path]) => ['takedown', name, path] as const),
].map(
  ([kind, name, path]): Situation => ({
    name: dashed(name),
    says: applicationSays[name as keyof typeof applicationSays],
    play: async ({ shared }) => workflowId(kind, await path(shared)),
  }),
);

async function graded(cases: RunningCases, level: Level): Promise<string> {
  const id = await upTo(cases, 'grade#1');
  await cases.done(id, people.handler, 'grade#1', 'graded', { ...forms.grade, base: level, level });
  await cases.opened(id, 'statement#1', 'assign#1');
  return id;
}

const seconds = { dayMs: 1000 };

const furtherSituations: readonly Situation[] = [
  ...(['large', 'major', 'extraordinary'] as const).map(
    (level): Situation => ({
      name: `statement-${level}`,
      says: `the clock of the public statement of a level that is ${level} runs beside the assignment, until it is published`,
      async play({ shared }) {
        const id = await graded(shared, level);
        await shared.done(id, people.publicity, 'statement#1', 'published');
        await shared.opened(id, 'assign#1');
        return ofCase(id);
      },
    }),
  ),
  {
    name: 'feedback-awaits-statement',
    says: 'the feedback waits for a public statement, which is then found not to be needed',
    async play({ shared }) {
      const id = await graded(shared, 'large');
      await follow(shared, id, shortWay.slice(2, 11));
      await shared.opened(id, 'statement#1');
      await shared.done(id, people.publicity, 'statement#1', 'notNeeded');
      await shared.done(id, people.officeHead, 'statement-confirm#1', 'confirmed');
      await shared.opened(id, 'feedback#1');
      return ofCase(id);
    },
  },
  {
    name: 'closed-over-open-tasks',
    says: 'a case is closed while an order of the supervisors is open in it',
    async play({ shared }) {
      const id = await shared.open();
      await shared.act(id, people.supervisor, { type: 'supervise', task: 'verify#1', text: '请书面说明' });
      await shared.done(id, people.handler, 'verify#1', 'unfounded');
      await closed(shared, id);
      return ofCase(id);
    },
  },
  {
    name: 'given-up',
    says: 'an act that was given up comes in late and is not recorded',
    async play({ shared }) {
      const id = await shared.open();
      const given = command(people.handler, { type: 'comment', task: 'verify#1', text: '迟到的意见' });
      await shared.gateway.settle(id, given.id);
      await shared.gateway.act('incident', id, given).catch(() => undefined);
      await shared.done(id, people.handler, 'verify#1', 'founded');
      await shared.opened(id, 'grade#1');
      return ofCase(id);
    },
  },
  {
    name: 'sent-twice',
    says: 'a command that the file knows comes again in a later run',
    async play({ shared }) {
      const id = await shared.open();
      const given = command(people.handler, complete('verify#1', 'founded', forms.verify));
      await shared.gateway.act('incident', id, given);
      await shared.opened(id, 'grade#1');
      await sentMails(shared, id);
      await shared.handle(id).terminate('lost');
      // Else Temporal itself would answer from the run that ended.
      await shared.gateway.takeUp('incident', id);
      await shared.gateway.act('incident', id, given);
      return ofCase(id);
    },
  },
  {
    name: 'mail-left-behind',
    says: 'a process that takes a file up delivers the mail that was left behind',
    async play({ shared }) {
      const id = await shared.open();
      await sentMails(shared, id);
      await shared.handle(id).terminate('lost');
      await shared.knex('mail').where({ case_id: id }).update({ status: 'queued', sent_at: null, claimed_by: null, claimed_at: null, handed_at: null });
      await shared.gateway.takeUp('incident', id);
      await sentMails(shared, id);
      return ofCase(id);
    },
  },
  {
    name: 'another-hand-before-an-act',
    says: 'an act meets a file to which another hand has written, and goes on in a new run',
    async play({ shared }) {
      const id = await shared.open();
      await byAnotherRun(shared, id, '另一处写入');
      await shared.done(id, people.handler, 'verify#1', 'founded');
      await shared.opened(id, 'grade#1');
      return ofCase(id);
    },
  },
  {
    name: 'another-hand-before-a-step',
    says: 'a step of the process meets a file to which another hand has written, and goes on in a new run',
    async play({ own }) {
      let interfere = false;
      const cases: RunningCases = await own({
        wrap: (activities) => ({
          ...activities,
          async record(request) {
            if (interfere && request.key.startsWith('open:')) {
              interfere = false;
              await byAnotherRun(cases, request.caseId, '另一处写入');
            }
            return activities.record(request);
          },
        }),
      });
      const id = await upTo(cases, 'grade#1');
      interfere = true;
      await cases.done(id, people.handler, 'grade#1', 'graded', forms.grade);
      await cases.opened(id, 'statement#1', 'assign#1');
      return ofCase(id);
    },
  },
  {
    name: 'grown-long',
    says: 'a history has grown long, and the process goes on in a new run',
    async play({ ownServer }) {
      const cases = await ownServer(40);
      const id = await cases.open();
      const { runId: first } = await cases.handle(id).describe();
      for (let n = 1; n <= 20 && (await cases.handle(id).describe()).runId === first; n += 1) {
        await cases.act(id, people.handler, { type: 'comment', task: 'verify#1', text: `第 ${n} 条` });
      }
      await cases.done(id, people.handler, 'verify#1', 'founded');
      await cases.opened(id, 'grade#1');
      return ofCase(id);
    },
  },
  {
    name: 'late',
    says: 'a reminder, the due notice, the head and the supervisors are rung for, then the task is done late',
    async play({ own }) {
      const cases = await own(seconds);
      const id = await cases.open();
      await cases.until(id, ({ tasks }) => tasks['verify#1']!.rungs.length === 4);
      await cases.done(id, people.handler, 'verify#1', 'unfounded');
      await closed(cases, id);
      return ofCase(id);
    },
  },
  {
    name: 'supplement-lapsed',
    says: 'papers that were asked for do not come in time, and acceptance goes on without them',
    async play({ own }) {
      const cases = await own(seconds);
      const id = await openRepair(cases);
      await cases.done(id, people.market, 'accept#1', 'supplement', { ...repairForms.accept, missing: ['缴款凭证'] });
      await cases.until(id, ({ tasks }) => tasks['accept#2'] !== undefined, 30_000);
      return workflowId('repair', id);
    },
  },
  {
    name: 'term-ended',
    says: 'a disclosure is taken down at the end of its term, and the closed case rests',
    async play({ own }) {
      const cases = await own(seconds);
      await quickDays(cases.knex, seconds.dayMs, 2, Date.now() - 30 * seconds.dayMs);
      const id = await closedLongAgo(cases, 29_800);
      await cases.gateway.takeUp('incident', id);
      await cases.handle(id).result();
      return ofCase(id);
    },
  },
  {
    name: 'act-on-a-resting-case',
    says: 'an act on a case that rests starts a process, which refuses it and ends',
    async play({ own }) {
      const cases = await own(seconds);
      await quickDays(cases.knex, seconds.dayMs, 2, Date.now() - 30 * seconds.dayMs);
      const id = await closedLongAgo(cases, 29_800);
      await cases.gateway.takeUp('incident', id);
      await cases.handle(id).result();
      await cases.refused(id, people.supervisor, { type: 'reopen', reason: '' });
      await cases.handle(id).result();
      return ofCase(id);
    },
  },
  {
    name: 'law-change-while-open',
    says: 'the calendar changes while a case is open, and its deadlines are computed again',
    async play({ own }) {
      const cases = await own({});
      const id = await cases.open();
      await anotherCalendar(cases);
      await cases.gateway.recompute('incident', id, 'calendar-2');
      await cases.done(id, people.handler, 'verify#1', 'founded');
      await cases.opened(id, 'grade#1');
      return ofCase(id);
    },
  },
  {
    name: 'law-change',
    says: 'a change of the law reaches the open cases',
    async play({ own }) {
      const cases = await own({});
      await cases.open();
      await anotherCalendar(cases);
      const started = { workflowId: 'law-change-calendar-2', taskQueue: cases.taskQueue, args: ['calendar-2'] };
      await cases.client.workflow.execute('lawChange', started);
      return started.workflowId;
    },
  },
  {
    name: 'redelivery',
    says: 'mails that the administrator put back are delivered again',
    async play({ shared }) {
      const id = await shared.open();
      const mails = await sentMails(shared, id);
      await shared.knex('mail').where({ case_id: id }).update({ status: 'queued', sent_at: null, claimed_by: null, claimed_at: null, handed_at: null });
      const started = { workflowId: `redelivery-${id}`, taskQueue: shared.taskQueue, args: [mails] };
      await shared.client.workflow.execute('redelivery', started);
      return started.workflowId;
    },
  },
];

export const situations: readonly Situation[] = [...pathSituations, ...applicationSituations, ...furtherSituations];

/** Puts a calendar in force whose days end at midnight instead of the close of business. */
async function anotherCalendar({ knex }: RunningCases): Promise<void> {
  await quickDays(knex, 86_400_000, 2, Date.parse('2026-01-01T00:00:00+08:00'));
}

/** Waits until the case's mails are sent. */
async function sentMails({ knex }: RunningCases, caseId: string): Promise<string[]> {
  for (let tries = 0; tries < 400; tries += 1) {
    const mails: { id: string; status: string }[] = await knex('mail').where({ case_id: caseId }).select('id', 'status');
    if (mails.length > 0 && mails.every(({ status }) => status === 'sent')) return mails.map(({ id }) => id);
    await new Promise((resolve) => { setTimeout(resolve, 25); });
  }
  throw new Error(`the mails of case ${caseId} are not sent`);
}
