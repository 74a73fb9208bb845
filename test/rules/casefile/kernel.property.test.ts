import { expect } from 'chai';
import fc from 'fast-check';
import { inAudience, isSideStage } from '../../../src/rules/casefile/acts.ts';
import { nextRing } from '../../../src/rules/casefile/clockwork.ts';
import type { Act, Acting } from '../../../src/rules/casefile/commands.ts';
import { fold, isClosed, openTasks } from '../../../src/rules/casefile/fold.ts';
import { sideOutcomes } from '../../../src/rules/casefile/process.ts';
import { caseFileRow, disclosureRow, partyRows, recusalRows, taskRow } from '../../../src/rules/casefile/rows.ts';
import type { CaseState, Form, TaskState } from '../../../src/rules/casefile/types.ts';
import { levels } from '../../../src/rules/incident/facts.ts';
import { incidentStages, type IncidentStage } from '../../../src/rules/incident/process.ts';
import { processes } from '../../../src/rules/processes.ts';
import { command, forms, MemoryCase, newIncident, part } from '../../support/cases.ts';
import { testLaw } from '../../support/law.ts';
import { everybody, people } from '../../support/people.ts';

const start = '2026-01-05T01:00:00.000Z';
const caseId = '00000000-0000-4000-8000-000000000001';
const hourMs = 3_600_000;

/** One thing that may be tried: numbers that choose among what the case offers at that moment. */
type Move = { kind: 'sensible' | 'tempting' | 'any' | 'time' | 'law'; who: number; what: number; how: number };
const often = <K extends Move['kind']>(weight: number, kind: K) => ({ weight, arbitrary: fc.constant(kind) });
const moves = fc.array(
  fc.record({
    kind: fc.oneof(often(12, 'sensible'), often(3, 'tempting'), often(6, 'any'), often(2, 'time'), often(1, 'law')),
    who: fc.nat(1000),
    what: fc.nat(1000),
    how: fc.nat(1000),
  }),
  { minLength: 10, maxLength: 80 },
);

const pick = <T>(of: readonly T[], n: number): T | undefined => of[n % Math.max(1, of.length)];

function formOf(stage: IncidentStage, how: number): Form {
  if (stage === 'grade') return { ...forms.grade, level: pick(levels, how)! };
  if (stage === 'assign') return { ...forms.assign, parts: how % 3 === 0 ? [] : how % 3 === 1 ? [part('scjg')] : [part('scjg'), part('hbj', { date: '2026-02-10' })] };
  return { ...forms[stage] } as Form;
}

function outcomesOf(task: TaskState): readonly string[] {
  return isSideStage(task.stage) ? sideOutcomes[task.stage]! : incidentStages[task.stage as IncidentStage].outcomes;
}

/** Completes some open task by somebody who may, so that cases come far. */
function sensible(state: CaseState, { who, what, how }: Move): { by: Acting; act: Act } | null {
  if (isClosed(state) && what % 3 === 0) return { by: people.supervisor, act: { type: 'reopen', reason: '新线索' } };
  const task = pick(openTasks(state), what);
  if (!task) return null;
  const able = everybody.filter((person) => !task.excluded.some((e) => e.person === person.id) && inAudience(person, task.audience));
  const by = pick(able, who);
  if (by && how % 10 === 9) return { by, act: { type: 'requestExtension', task: task.id, days: 2, reason: '' } };
  // The first outcome is the one that goes on; the others are taken now and then.
  const outcome = how % 4 === 0 ? pick(outcomesOf(task), how >> 2) : outcomesOf(task)[0];
  if (!by || !outcome) return null;
  return { by, act: { type: 'complete', task: task.id, outcome, form: isSideStage(task.stage) ? {} : formOf(task.stage as IncidentStage, how) } };
}

/** What four eyes and recusal are there to stop: one who is excluded or recused decides, or is given the task. */
function tempting(state: CaseState, { who, what, how }: Move): { by: Acting; act: Act } | null {
  const tasks = openTasks(state).filter(({ excluded }) => excluded.length > 0 || Object.keys(state.recused).length > 0);
  const task = pick(tasks, what);
  const barred = new Set([...(task?.excluded ?? []).map(({ person }) => person), ...Object.keys(state.recused)]);
  const person = pick(everybody.filter(({ id }) => barred.has(id)), who);
  if (!task || !person) return null;
  if (how % 2 === 0) return { by: person, act: { type: 'complete', task: task.id, outcome: pick(outcomesOf(task), how)!, form: {} } };
  return { by: pick([people.supervisor, people.marketHead], who)!, act: { type: 'reassign', task: task.id, to: { person: person.id, name: person.name }, reason: '' } };
}

/** Any act by anybody on anything, most of which must be refused. */
function anything(state: CaseState, { who, what, how }: Move): { by: Acting; act: Act } {
  const by = pick(everybody, who)!;
  const tasks = how % 3 === 0 ? Object.values(state.tasks) : openTasks(state);
  const target = pick(tasks, what);
  const task = target?.id ?? 'verify#1';
  const person = pick(everybody, who + how)!;
  const to = { person: person.id, name: person.name };
  const disclosure = pick(state.disclosures, what)?.id ?? 'release#1';
  const outcome = (target && pick(outcomesOf(target), how)) ?? 'approved';
  const acts: Act[] = [
    { type: 'claim', task },
    { type: 'release', task, reason: '' },
    { type: 'reassign', task, to, reason: '' },
    { type: 'complete', task, outcome, form: target && !isSideStage(target.stage) ? formOf(target.stage as IncidentStage, how) : {} },
    { type: 'comment', task, text: '说明' },
    { type: 'attach', task, files: [] },
    { type: 'requestExtension', task, days: 1 + (how % 5), reason: '' },
    { type: 'urge', task, text: '' },
    { type: 'supervise', task, text: '' },
    { type: 'proposeWithdrawal', disclosure, reason: '' },
    { type: 'reopen', reason: '' },
    { type: 'recuse', person: to, reason: '' },
    { type: 'liftRecusal', person: to, reason: '' },
  ];
  return { by, act: pick(acts, how)! };
}

/** Whoever did the one side of a matter in any round did the other side of it in none. */
function checkFourEyes(state: CaseState): void {
  const done = Object.values(state.tasks).filter(({ status }) => status === 'done');
  for (const task of done) {
    const { apartFrom = [] } = processes[state.kind].stages[task.stage] ?? {};
    const others = done.filter(({ stage }) => apartFrom.includes(stage)).map(({ doneBy }) => doneBy?.person);
    expect(others, `${task.id} by a hand of the other side`).not.to.include(task.doneBy?.person);
  }
}

const outcomeOf = ({ outcome, doneBy, doneAt, late, form, deadline }: TaskState): string => JSON.stringify([outcome, doneBy, doneAt, late, form, deadline]);

/** What must hold whatever was tried. `before` is the state one step earlier. */
function check(file: MemoryCase, before: CaseState): void {
  const { state, events } = file;
  for (let n = before.seq; n < events.length; n += 1) expect(events[n]!.seq).to.equal(n + 1);
  expect(events).to.have.length(state.seq);

  const open = openTasks(state);
  const names = open.map(({ stage, key }) => `${stage}:${key}`);
  expect(new Set(names).size, `two open rounds of one task: ${names.join(' ')}`).to.equal(names.length);

  for (const task of Object.values(before.tasks)) {
    const now = state.tasks[task.id]!;
    if (task.status !== 'open') {
      expect(now.status).to.equal(task.status);
      expect(outcomeOf(now), `${task.id} was done and has changed`).to.equal(outcomeOf(task));
    } else if (task.deadline && task.deadline.at < file.now && now.deadline?.at !== task.deadline.at) {
      expect(now.extension?.granted, `${task.id} was late and is not any more`).to.equal(true);
    }
  }

  for (const task of Object.values(state.tasks)) {
    const excluded = task.excluded.map(({ person }) => person);
    if (task.status === 'done') {
      expect(excluded, `${task.id} by one who is excluded`).not.to.include(task.doneBy?.person);
      expect(outcomesOf(task)).to.include(task.outcome);
    }
    if (task.assignee) expect(excluded).not.to.include(task.assignee.person);
    if (task.status === 'open' && task.assignee) expect(state.recused, `${task.id} is with one who is recused`).not.to.have.property(task.assignee.person);
    if (task.status === 'open' && task.stage === 'extension') expect(state.tasks[String(task.brief['task'])]?.status, 'a decision on more time for what is done').to.equal('open');
  }
  checkFourEyes(state);

  if (isClosed(state)) expect(open.filter(({ stage }) => stage !== 'withdrawal'), 'open tasks of a closed case').to.deep.equal([]);
  for (const event of events.slice(before.seq)) {
    if (event.actor) expect(before.recused, 'an act of one who is recused').not.to.have.property(event.actor.person);
  }
  const ring = nextRing(state);
  if (ring) expect(ring.at > '2026').to.equal(true);
}

/** The rows can be made of every state, and no two have the same key. */
function checkRows(state: CaseState): void {
  const process = processes[state.kind];
  caseFileRow(state);
  process.listRow(state);
  const slugs = Object.values(state.tasks).map((task) => String(taskRow(state, task)['slug']));
  const numbers = state.disclosures.map((d) => String(disclosureRow(state, d)['number']));
  const links = process.linkRows(state).map((row) => JSON.stringify(row));
  const parties = partyRows(state, process.listRow(state)).map((row) => JSON.stringify(row));
  const recusals = recusalRows(state).map((row) => JSON.stringify(row));
  for (const keys of [slugs, numbers, links, parties, recusals]) expect(new Set(keys).size).to.equal(keys.length);
}

async function play(given: readonly Move[]): Promise<MemoryCase> {
  const file = await new MemoryCase(testLaw(), start, [], caseId).open(newIncident()).run();
  let version = 1;
  for (const move of given) {
    const before = structuredClone(file.state);
    const tries = { sensible, tempting, any: anything, time: () => null, law: () => null };
    const tried = tries[move.kind](file.state, move);
    if (tried) {
      const refused = await file.act(command(tried.by, tried.act, { seen: move.how % 5 === 0 ? move.what % 20 : null }));
      if (refused) expect(file.state, `${tried.act.type} was refused`).to.deep.equal(before);
    } else if (move.kind === 'time') {
      await file.pass(new Date(Date.parse(file.now) + (1 + (move.how % 400)) * hourMs).toISOString());
    } else if (move.kind === 'law') {
      version += 1;
      file.recompute(testLaw({ version, value: { 'incident.handle': 1 + (move.how % 9), 'incident.verify': 1 + (move.what % 3) } }));
    }
    check(file, before);
  }
  return file;
}

describe('kernel: whatever is tried, in whatever order', () => {
  it('the file stays whole, four eyes hold, and what is done is done', async function () {
    this.timeout(60_000);
    const reached = new Set<string>();
    await fc.assert(
      fc.asyncProperty(moves, async (given) => {
        const file = await play(given);
        expect(fold(file.state.id, file.events)).to.deep.equal(file.state);
        expect(JSON.parse(JSON.stringify(file.state))).to.deep.equal(file.state);
        checkRows(file.state);
        for (const { what } of file.events) reached.add(what.type);
        for (const task of Object.values(file.state.tasks)) if (task.outcome) reached.add(`${task.stage}=${task.outcome}`);
      }),
      { numRuns: 120 },
    );
    // The tries are worth something only when they come far.
    expect([...reached]).to.include.members(['case.closed', 'case.reopened', 'extension.decided', 'deadline.recomputed', 'disclosure.published', 'task.rung', 'approve=approved']);
  });

  it('a procedure that is started on any beginning of the file opens the tasks that the file goes on with', async function () {
    this.timeout(60_000);
    await fc.assert(
      fc.asyncProperty(moves, async (given) => {
        const file = await play(given);
        for (const [n, end] of file.ends.entries()) {
          const settled = file.events.findIndex(({ seq, actor, what }) => seq > end && (actor !== null || what.type === 'task.rung' || what.type === 'deadline.recomputed' || what.type === 'disclosure.ended'));
          const until = settled < 0 ? file.events.length : settled;
          const at = file.events[end]?.at ?? file.now;
          // What the law was then is not kept in memory: only steps under the first one can be compared to the letter.
          const again = await new MemoryCase(testLaw(), at, file.events.slice(0, end), caseId).run();
          expect(again.events.slice(0, end), 'nothing is written before the end').to.deep.equal(file.events.slice(0, end));
          const opened = (events: typeof file.events): unknown[] =>
            events.slice(end).map(({ what }) => (what.type === 'task.opened' ? { ...what, deadline: what.deadline?.rule } : what.type === 'case.closed' ? { ...what, reopenUntil: '' } : what));
          expect(opened(again.events), `after transaction ${n}`).to.deep.equal(opened(file.events.slice(0, until)));
        }
      }),
      { numRuns: 25 },
    );
  });
});
