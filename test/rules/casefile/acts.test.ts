import { expect } from 'chai';
import { actRules, inAudience, may, partiesOf, type Condition, type Standing, type Target } from '../../../src/rules/casefile/acts.ts';
import type { ActType } from '../../../src/rules/casefile/commands.ts';
import { blankCase } from '../../../src/rules/casefile/fold.ts';
import { applicantAudience, type CaseState, type DisclosureState, type Form, type TaskState } from '../../../src/rules/casefile/types.ts';
import type { Role } from '../../../src/rules/people.ts';
import { incidentFacts } from '../../support/cases.ts';
import { people, somebody } from '../../support/people.ts';

const now = '2026-10-12T02:00:00.000Z';
const before = '2026-10-11T02:00:00.000Z';
const after = '2026-10-13T02:00:00.000Z';

const holder = somebody('hbj.assignee', 'handler');
/** Known by the account that the case was opened with; no person of the house. */
const applicant = { ...somebody('applicant.account', 'handler'), roles: [] };
/** Persons who stand to the task of the market office in exactly one way. */
const standing: Record<Standing | 'none', typeof holder> = {
  assignee: holder,
  audience: people.market,
  unitHead: people.marketHead,
  supervision: people.supervisor,
  reader: people.ecology,
  applicant,
  accounts: somebody('xyb.sysadmin', 'systemAdmin'),
  // A clerk of a unit with a part in the case, which he reads as well.
  window: people.ecology,
  newcomer: { ...somebody('newcomer.account', 'handler'), roles: [] },
  none: people.stranger,
};
/** A disclosure is looked after by the handlers of the unit that released it. */
const whoStands = (act: ActType, who: Standing | 'none'): typeof holder => (act === 'proposeWithdrawal' && who === 'audience' ? people.handler : standing[who]);
const standingsOf = Object.keys(standing) as (Standing | 'none')[];

function task(change: Partial<TaskState> = {}): TaskState {
  return {
    id: 'opinion#1',
    number: 1,
    stage: 'opinion',
    key: null,
    round: 1,
    status: 'open',
    audience: { unit: 'scjg', role: 'handler' },
    assignee: null,
    excluded: [],
    brief: {},
    deadline: {
      rule: 'incident.opinion',
      basis: 'test',
      version: 1,
      from: before,
      at: after,
      date: '2026-10-13',
      calendar: 1,
      provisional: false,
      why: { start: '2026-10-11', startTime: '10:00', n: 1, unit: 'workday', end: '2026-10-13', endTime: '17:30', ends: 'closing', rest: [], madeUp: [], shift: null, clipped: false, calendar: { version: 1, source: 'test' }, awaits: [] },
      ladder: { soon: null, due: after, head: after, supervisor: after },
    },
    rungs: [],
    openedAt: before,
    version: 5,
    files: [],
    comments: 0,
    urged: 0,
    extension: null,
    outcome: null,
    form: {},
    doneBy: null,
    doneAt: null,
    late: false,
    ...change,
  };
}

const shown: DisclosureState = {
  id: 'release#1', unit: 'scjg', title: '', text: '', basis: '', channel: 'creditPortal', from: before, until: after, status: 'published', reason: null, changedAt: before,
};
const released = task({ id: 'release#1', stage: 'release', audience: { unit: 'xyb', role: 'creditOfficeHead' }, status: 'done', outcome: 'released', doneAt: before });
const elsewhere = task({ id: 'handle:hbj.1#1', stage: 'handle', audience: { unit: 'hbj', role: 'handler' } });

const closing = { outcome: 'handled', summary: '', at: before, by: null, reopenUntil: after, reopened: null };

interface World {
  state: CaseState;
  target: Target;
}

/** Acts that only a process with a clock that may stand still allows. */
const ofClock: readonly ActType[] = ['suspend', 'resume'];
const suspended = { at: before, by: { person: people.market.id, name: '', unit: 'scjg' }, reason: '', left: 2 };

/** A case in which every condition of the act holds. */
function world(act: ActType, change: { task?: Partial<TaskState>; disclosure?: Partial<DisclosureState>; case?: Partial<CaseState>; pending?: boolean; ordered?: boolean } = {}): World {
  const needs: Partial<TaskState> = {
    ...(act === 'release' || act === 'vacate' ? { assignee: { person: holder.id, name: holder.name } } : {}),
    ...(ofClock.includes(act) ? { stage: 'check' } : {}),
    ...(act === 'resume' ? { suspended } : {}),
  };
  const about = task({ ...needs, ...change.task });
  const disclosure = { ...shown, ...change.disclosure };
  const withdrawal = task({ id: 'withdrawal:release#1#1', stage: 'withdrawal', audience: { unit: 'xyb', role: 'creditOfficeHead' }, brief: { disclosure: shown.id } });
  const order = task({ id: `supervision:${about.id}#1`, stage: 'supervision', key: about.id, brief: { task: about.id, text: '' } });
  const state: CaseState = {
    ...blankCase('00000000-0000-4000-8000-000000000001'),
    kind: act === 'join' ? 'objection' : act === 'withdraw' || ofClock.includes(act) ? 'repair' : 'incident',
    caseNo: 'XZ-2026-000001',
    opening: { ...incidentFacts(), applicant: { account: applicant.id } } as unknown as Form,
    tasks: Object.fromEntries([about, released, elsewhere, ...(change.pending ? [withdrawal] : []), ...(change.ordered ? [order] : [])].map((t) => [t.id, t])),
    disclosures: [disclosure],
    closings: act === 'reopen' ? [closing] : [],
    ...change.case,
  };
  if (act === 'proposeWithdrawal') return { state, target: { disclosure } };
  return { state, target: 'withdraw join reopen recuse liftRecusal'.includes(act) ? {} : { task: about } };
}

/** Who has a standing at all: written down once more, apart from the code. */
const allowed: Record<ActType, readonly Standing[]> = {
  claim: ['audience'],
  release: ['assignee', 'unitHead'],
  vacate: ['accounts'],
  reassign: ['unitHead', 'supervision'],
  complete: ['assignee', 'audience', 'applicant', 'window'],
  comment: ['assignee', 'audience', 'unitHead', 'supervision', 'reader'],
  attach: ['assignee', 'audience', 'unitHead', 'applicant'],
  requestExtension: ['assignee', 'audience'],
  suspend: ['assignee', 'audience', 'unitHead'],
  resume: ['assignee', 'audience'],
  urge: ['supervision', 'unitHead'],
  supervise: ['supervision'],
  proposeWithdrawal: ['audience', 'supervision'],
  withdraw: ['applicant'],
  join: ['newcomer'],
  reopen: ['supervision'],
  recuse: ['supervision', 'unitHead'],
  liftRecusal: ['supervision'],
};
const acts = Object.keys(allowed) as ActType[];

/** The same for the conditions, and what is said when one does not hold. */
const asked: Record<ActType, readonly Condition[]> = {
  claim: ['taskOpen', 'unassigned', 'notExcluded'],
  release: ['taskOpen', 'assigned'],
  vacate: ['taskOpen', 'assigned'],
  reassign: ['taskOpen', 'staffTask'],
  complete: ['taskOpen', 'notOthers', 'notExcluded', 'clockRuns'],
  comment: ['taskOpen'],
  attach: ['taskOpen'],
  requestExtension: ['taskOpen', 'mainTask', 'hasDeadline', 'extendable', 'notOthers', 'notExcluded', 'clockRuns'],
  suspend: ['taskOpen', 'suspendable', 'hasDeadline', 'clockRuns', 'headWhereLate', 'notOthersUnlessHead', 'notExcluded'],
  resume: ['taskOpen', 'suspended', 'notOthers', 'notExcluded'],
  urge: ['taskOpen', 'staffTask'],
  supervise: ['taskOpen', 'mainTask', 'staffTask', 'noOrderPending'],
  proposeWithdrawal: ['disclosurePublished', 'noWithdrawalPending'],
  withdraw: ['caseOpen', 'withdrawable'],
  join: ['joinable'],
  reopen: ['closed', 'reopenable'],
  recuse: ['caseOpen'],
  liftRecusal: ['caseOpen'],
};

const other = { person: people.marketColleague.id, name: people.marketColleague.name };
const by = { person: people.market.id, name: people.market.name, unit: 'scjg' };
const asker = { days: 3, reason: '', by, at: before, decision: 'extension:opinion#1#1' };

/** Breaks one condition and nothing else; each with the sentence that is said. */
const broken: Record<Condition, { name: string; change: (person: string) => Parameters<typeof world>[1]; says: string }[]> = {
  taskOpen: [
    { name: 'done', change: () => ({ task: { status: 'done', outcome: 'drafted', doneBy: by, doneAt: before } }), says: 'refused.taskDone' },
    { name: 'cancelled', change: () => ({ task: { status: 'cancelled', doneAt: before } }), says: 'refused.taskCancelled' },
  ],
  unassigned: [
    { name: 'claimed by another', change: () => ({ task: { assignee: other } }), says: 'refused.claimedBy' },
    { name: 'claimed by oneself', change: (person) => ({ task: { assignee: { person, name: '' } } }), says: 'refused.alreadyYours' },
  ],
  assigned: [{ name: 'nobody has it', change: () => ({ task: { assignee: null } }), says: 'refused.notAssigned' }],
  notOthers: [{ name: 'another has it', change: () => ({ task: { assignee: other } }), says: 'refused.claimedBy' }],
  notOthersUnlessHead: [{ name: 'another has it', change: () => ({ task: { assignee: other } }), says: 'refused.claimedBy' }],
  headWhereLate: [{ name: 'it is late and he is no head', change: () => ({ task: { deadline: { ...task().deadline!, at: before } } }), says: 'refused.lateSuspendedByHead' }],
  notExcluded: [{ name: 'he drafted it', change: (person) => ({ task: { excluded: [{ person, because: 'opinion' }] } }), says: 'refused.fourEyes.opinion' }],
  extendable: [
    { name: 'a request is pending', change: () => ({ task: { extension: { ...asker, granted: null } } }), says: 'refused.extensionPending' },
    { name: 'one was granted', change: () => ({ task: { extension: { ...asker, granted: true } } }), says: 'refused.extensionOnce' },
    { name: 'one was refused', change: () => ({ task: { extension: { ...asker, granted: false } } }), says: 'refused.extensionOnce' },
  ],
  hasDeadline: [{ name: 'there is no deadline', change: () => ({ task: { deadline: null } }), says: 'refused.noDeadline' }],
  mainTask: [{ name: 'it is a decision beside the procedure', change: () => ({ task: { stage: 'supervision' } }), says: 'refused.sideTask' }],
  disclosurePublished: [
    { name: 'withdrawn', change: () => ({ disclosure: { status: 'withdrawn' } }), says: 'refused.notPublished' },
    { name: 'ended', change: () => ({ disclosure: { status: 'ended' } }), says: 'refused.notPublished' },
  ],
  noWithdrawalPending: [{ name: 'a withdrawal is proposed already', change: () => ({ pending: true }), says: 'refused.withdrawalPending' }],
  noOrderPending: [{ name: 'an order waits for its answer', change: () => ({ ordered: true }), says: 'refused.orderPending' }],
  closed: [
    { name: 'never closed', change: () => ({ case: { closings: [] } }), says: 'refused.notClosed' },
    { name: 'open again', change: () => ({ case: { closings: [{ ...closing, reopened: { at: before, by, reason: '' } }] } }), says: 'refused.notClosed' },
  ],
  reopenable: [
    { name: 'the window is over', change: () => ({ case: { closings: [{ ...closing, at: '2026-10-01T02:00:00.000Z', reopenUntil: before }] } }), says: 'refused.reopenOver' },
    { name: 'it was closed for good', change: () => ({ case: { closings: [{ ...closing, reopenUntil: closing.at }] } }), says: 'refused.closedForGood' },
  ],
  caseOpen: [{ name: 'the case is closed', change: () => ({ case: { closings: [closing] } }), says: 'refused.caseClosed' }],
  staffTask: [{ name: 'it waits for the applicant', change: () => ({ task: { audience: applicantAudience } }), says: 'refused.applicantTask' }],
  suspendable: [{ name: 'its clock may not stand still', change: () => ({ case: { kind: 'incident' } }), says: 'refused.notSuspendable' }],
  clockRuns: [{ name: 'its clock stands still', change: () => ({ task: { suspended } }), says: 'refused.suspended' }],
  suspended: [{ name: 'its clock runs', change: () => ({ task: { stage: 'check' } }), says: 'refused.notSuspended' }],
  joinable: [
    { name: 'it was taken back', change: () => ({ case: { withdrawn: { at: before, by, reason: '' } } }), says: 'refused.notJoinable' },
    { name: 'it was upheld', change: () => ({ case: { closings: [{ ...closing, outcome: 'upheldCorrect' }] } }), says: 'refused.notJoinable' },
    { name: 'it is no objection', change: () => ({ case: { kind: 'incident' } }), says: 'refused.notJoinable' },
  ],
  withdrawable: [
    { name: 'it was taken back already', change: () => ({ case: { withdrawn: { at: before, by, reason: '' } } }), says: 'refused.notWithdrawable' },
    { name: 'it is no application', change: () => ({ case: { kind: 'incident' } }), says: 'refused.notWithdrawable' },
  ],
};

/** Somebody to whom the act is open without having the task. */
function personFor(act: ActType): typeof holder {
  return whoStands(act, allowed[act].find((who) => who !== 'assignee')!);
}

describe('a firm whose handler changed', () => {
  it('acts by the account that speaks for it now, in its own cases alone', () => {
    const { state, target } = world('withdraw', {});
    const own = { ...state, opening: { ...state.opening, subject: { kind: 'organisation', id: 'firm' } } };
    const successor = { id: 'another.account', roles: [], speaksFor: 'firm' };
    expect(may('withdraw', successor, own, target, now)).to.deep.equal({ allowed: true });
    expect(may('withdraw', { ...successor, speaksFor: 'another firm' }, own, target, now).allowed).to.equal(false);
    expect(may('withdraw', successor, state, target, now).allowed).to.equal(false);
  });
});

describe('acts: every cell of the table', () => {
  it('names no act and no condition that the tests do not know', () => {
    expect(Object.keys(actRules).sort()).to.deep.equal([...acts].sort());
    for (const act of acts) {
      expect(actRules[act].who, act).to.have.members(allowed[act]);
      expect(actRules[act].when, act).to.deep.equal(asked[act]);
    }
  });

  for (const act of acts) {
    for (const who of standingsOf) {
      // At a window a handler of any unit speaks for a newcomer.
      const speaks = allowed[act].includes('newcomer') && standing[who].roles.some(({ role }) => role === 'handler');
      const reads = who === 'window' && allowed[act].includes('reader');
      const opens = speaks || reads || (who !== 'none' && allowed[act].includes(who));
      it(`${act} by ${who}: ${opens ? 'allowed' : 'refused'}`, () => {
        const assigned = who === 'assignee' ? { task: { assignee: { person: holder.id, name: holder.name } } }
          : who === 'applicant' ? { task: { audience: applicantAudience } }
            : who === 'window' && act === 'complete' ? { task: { audience: applicantAudience, stage: 'defence' }, case: { kind: 'repair' as const } } : {};
        const { state, target } = world(act, assigned);
        const verdict = may(act, whoStands(act, who), state, target, now);
        if (opens) expect(verdict).to.deep.equal({ allowed: true });
        else expect(verdict).to.deep.equal({ allowed: false, reason: { key: `refused.noStanding.${act}` }, show: 'absent' });
      });
    }

    for (const condition of Object.keys(broken) as Condition[]) {
      for (const { name, change, says } of broken[condition]) {
        const asks = asked[act].includes(condition);
        if (!asks) continue;
        it(`${act}: refused when ${name}`, () => {
          // No unit has a head for what waits for the applicant.
          const person = condition === 'staffTask' ? people.supervisor : personFor(act);
          const { state, target } = world(act, change(person.id));
          if (condition === 'suspended') delete target.task!.suspended;
          const verdict = may(act, person, state, target, now);
          expect(verdict.allowed).to.equal(false);
          if (verdict.allowed) return;
          expect(verdict.reason.key).to.equal(says);
          expect(verdict.show).to.equal(actRules[act].otherwise);
        });
      }
    }

    it(`${act}: never by somebody who is recused, and he learns nothing`, () => {
      const person = personFor(act);
      const { state, target } = world(act, { case: { recused: { [person.id]: '近亲属' } } });
      expect(may(act, person, state, target, now)).to.deep.equal({ allowed: false, reason: { key: 'refused.recused' }, show: 'absent' });
    });

    it(`${act}: a stranger does not learn from the refusal how the case stands`, () => {
      const stranger = act === 'join' ? people.supervisor : people.stranger;
      for (const condition of asked[act]) {
        for (const { change } of broken[condition]) {
          const { state, target } = world(act, change(stranger.id));
          const verdict = may(act, stranger, state, target, now);
          if (target.task?.assignee?.person === stranger.id) continue;
          expect(verdict).to.have.nested.property('reason.key', `refused.noStanding.${act}`);
        }
      }
    });
  }

  it('one act is not stopped by a condition of another', () => {
    for (const act of acts) {
      for (const condition of Object.keys(broken) as Condition[]) {
        if (asked[act].includes(condition)) continue;
        for (const { name, change } of broken[condition]) {
          // Some worlds contradict each other: a reopening needs a closed case, a release somebody who has the task.
          if (act === 'reopen' && condition === 'caseOpen') continue;
          if (condition === 'closed' || condition === 'reopenable') continue;
          if (ofClock.includes(act) && ['mainTask', 'suspendable', 'suspended', 'withdrawable'].includes(condition)) continue;
          if (act === 'withdraw' && ['suspendable', 'joinable'].includes(condition)) continue;
          // A case that is closed as handled is no rejected objection, and one that was taken back is neither.
          if (condition === 'joinable' || (act === 'join' && ['caseOpen', 'withdrawable', 'suspendable'].includes(condition))) continue;
          // It changes who stands how, and an act that is not of the staff is tried with the applicant above.
          if (condition === 'staffTask') continue;
          if (act !== 'proposeWithdrawal' && asked[act].includes('caseOpen') && condition !== 'taskOpen') continue;
          // All of them look at who has the task.
          const ofHolder: readonly Condition[] = ['unassigned', 'notOthers', 'notOthersUnlessHead'];
          if (ofHolder.includes(condition) && asked[act].some((one) => ofHolder.includes(one))) continue;
          const person = personFor(act);
          const { state, target } = world(act, change(person.id));
          const verdict = may(act, person, state, target, now);
          expect(verdict, `${act} when ${name}`).to.deep.equal({ allowed: true });
        }
      }
    }
  });
});

describe('acts: who stands how', () => {
  it('the refusal of a done task says who did it and when', () => {
    const { state, target } = world('complete', { task: { status: 'done', outcome: 'drafted', doneBy: by, doneAt: before } });
    const verdict = may('complete', people.market, state, target, now);
    expect(verdict).to.deep.include({ reason: { key: 'refused.taskDone', params: { name: by.name, at: before, outcome: 'drafted' } } });
  });

  it('the same role in another unit is no standing', () => {
    const { state, target } = world('complete');
    expect(may('complete', people.ecology, state, target, now).allowed).to.equal(false);
    expect(inAudience(people.marketHead, { unit: 'scjg', role: 'handler' })).to.equal(false);
  });

  it("the credit office's head approves as head of that unit, and not of another", () => {
    expect(inAudience(people.officeHead, { unit: 'xyb', role: 'head' })).to.equal(true);
    expect(inAudience(people.officeHead, { unit: 'scjg', role: 'head' })).to.equal(false);
    expect(inAudience(people.marketHead, { unit: 'scjg', role: 'creditOfficeHead' })).to.equal(false);
  });

  it('the three administrators do nothing but give back the tasks of those who left', () => {
    for (const role of ['systemAdmin', 'securityAdmin', 'auditAdmin'] satisfies Role[]) {
      for (const act of acts) {
        const { state, target } = world(act);
        const admin = { id: holder.id.replace(/^./u, '0'), roles: [{ unit: 'xyb', role }, { unit: 'scjg', role }] };
        const verdict = may(act, admin, state, target, now);
        expect(verdict.allowed, `${role} ${act}`).to.equal(act === 'vacate');
      }
    }
  });

  it('the units with a part are parties, so is the office that received the case and the one that reported it', () => {
    const { state } = world('claim', { case: { openedBy: { person: '', name: '', unit: 'suyu' } } });
    expect([...partiesOf(state)]).to.have.members(['scjg', 'hbj', 'xyb', 'suyu']);
  });
});
