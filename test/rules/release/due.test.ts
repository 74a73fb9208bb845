import { expect } from 'chai';
import fc from 'fast-check';
import { dateOf, dayNumber } from '../../../src/rules/calendar/index.ts';
import { resolveChange, type RecordDraft } from '../../../src/rules/records/changes.ts';
import { applyToRecord, isPublic, storedRecord, type RecordEvent, type RecordState } from '../../../src/rules/records/file.ts';
import { publicityOf } from '../../../src/rules/records/publicity.ts';
import { dueAfter, type ReleaseDue } from '../../../src/rules/release/due.ts';
import { stageOf, type ReleaseCause } from '../../../src/rules/release/facts.ts';
import { calendar, delivered, fined } from '../records/delivered.ts';

const id = '00000000-0000-4000-8000-000000000001';
const publish: RecordDraft = { type: 'record.published', by: 'rule', reason: null };
const used = (unit: string): RecordDraft => ({ type: 'record.used', unit, measure: '限制参加政府采购', legalBasis: '《政府采购法》第二十二条' });
const stay = (because: string): RecordDraft => ({ type: 'record.held', hold: 'stay', because, reason: '裁定停止执行' });
const liftStay = (because: string): RecordDraft => ({ type: 'record.unheld', hold: 'stay', because, reason: '裁定撤销' });
const shield: RecordDraft = { type: 'record.held', hold: 'shield', because: 'plan', reason: '批准重整计划' };

/** A record in memory, with what its events make due. */
class Told {
  readonly state: RecordState;
  readonly due: ReleaseDue[] = [];

  constructor() {
    const facts = fined();
    this.state = storedRecord(id, this.event({ type: 'record.stored', facts, publicity: publicityOf(facts, delivered, calendar), source: 'form' }, 1, '2026-06-01'));
  }

  private event(what: RecordEvent['what'], seq: number, day: string): RecordEvent {
    return { seq, at: `${day}T02:00:00.000Z`, actor: null, what };
  }

  all(day: string, ...drafts: readonly RecordDraft[]): this {
    for (const draft of drafts) {
      const what = resolveChange(this.state, draft, { rules: delivered, calendar, today: day, repairedOn: day });
      if (!what) continue;
      const before = { status: this.state.status, holds: { ...this.state.holds } };
      const event = this.event(what, this.state.seq + 1, day);
      applyToRecord(this.state, event);
      const due = dueAfter({ before, after: this.state, what, today: day, seq: event.seq, at: event.at });
      if (due) this.due.push(due);
    }
    return this;
  }

  get causes(): ReleaseCause[] {
    return this.due.map(({ opening }) => opening.cause);
  }
}

const inUse = (): Told => new Told().all('2026-06-01', publish, used('zjj'), used('czj'));

describe('release orders: what is due to the units that use a record', () => {
  it('situation 13: its term is over, and every unit is told to lift what it did, with what that was', () => {
    const [due, ...more] = inUse().all('2027-06-01', { type: 'record.ended' }).due;
    expect(more).to.deep.equal([]);
    expect(due?.opening).to.deep.include({ cause: 'ended', reason: null, unit: due?.opening.unit, at: '2027-06-01T02:00:00.000Z' });
    expect(due?.opening.used.map(({ unit, measure }) => [unit, measure])).to.deep.equal([['czj', '限制参加政府采购'], ['zjj', '限制参加政府采购']]);
    expect(stageOf('ended')).to.equal('release');
  });

  it('nobody used it: nothing is due', () => {
    expect(new Told().all('2026-06-01', publish).all('2027-06-01', { type: 'record.ended' }).due).to.deep.equal([]);
  });

  it('withdrawn by its unit, or corrected so that no rule shows it: told with the reason; by a case, which tells them itself: not', () => {
    const withdrawn = (because: string | null): RecordDraft => ({ type: 'record.withdrawn', because, reason: '处罚决定被撤销' });
    expect(inUse().all('2026-07-01', withdrawn(null)).due.map(({ opening: { cause, reason } }) => [cause, reason])).to.deep.equal([['withdrawn', '处罚决定被撤销']]);
    expect(inUse().all('2026-07-01', withdrawn('an objection')).due).to.deep.equal([]);
    expect(inUse().all('2026-07-01', { type: 'record.repaired', because: 'a repair' }).due).to.deep.equal([]);
    expect(inUse().all('2026-07-01', { type: 'record.unpublished', reason: '录入有误' }).causes).to.deep.equal(['unpublished']);
  });

  it('situation 17: the first of several holds suspends, the last that is lifted shows it again', () => {
    const told = inUse().all('2026-07-01', stay('a'), stay('b')).all('2026-08-01', liftStay('a'));
    expect(told.causes).to.deep.equal(['suspended']);
    expect(told.all('2026-09-01', liftStay('b')).causes).to.deep.equal(['suspended', 'shownAgain']);
    expect(['suspended', 'shownAgain'].map((cause) => stageOf(cause as ReleaseCause))).to.deep.equal(['suspend', 'resume']);
  });

  it('situation 16: shielded, then final: suspended first, lifted then', () => {
    const told = inUse().all('2026-07-01', shield).all('2026-12-01', { type: 'record.finalised', because: 'plan', reason: '重整计划执行完毕' });
    expect(told.causes).to.deep.equal(['shielded', 'finalised']);
  });

  it('a hold that is lifted in the minute after the term shows nothing again', () => {
    expect(inUse().all('2026-07-01', stay('a')).all('2027-06-01', liftStay('a'), { type: 'record.ended' }).causes).to.deep.equal(['suspended', 'ended']);
  });

  it('one that answered already is not told of the next', () => {
    const told = inUse().all('2026-07-01', stay('a')).all('2026-07-02', { type: 'record.released', unit: 'czj', because: 'answer' }).all('2026-07-03', liftStay('a'));
    expect(told.due.at(-1)?.opening.used.map(({ unit }) => unit)).to.deep.equal(['zjj']);
  });

  it('whatever happens: told to rest or lift before shown again, and never without need', () => {
    const because = fc.constantFrom('a', 'b');
    const draft: fc.Arbitrary<RecordDraft> = fc.oneof(
      because.map(stay), because.map(liftStay), fc.constant(shield), fc.constant(publish),
      fc.constant<RecordDraft>({ type: 'record.unheld', hold: 'shield', because: 'plan', reason: '重整失败' }),
      fc.constant<RecordDraft>({ type: 'record.finalised', because: 'plan', reason: '执行完毕' }),
      fc.constant<RecordDraft>({ type: 'record.ended' }),
      fc.constant<RecordDraft>({ type: 'record.unpublished', reason: '更正' }),
      fc.constant<RecordDraft>({ type: 'record.withdrawn', because: null, reason: '撤销' }),
    );
    fc.assert(fc.property(fc.array(draft, { maxLength: 25 }), (drafts) => {
      const told = inUse();
      let rests = false;
      let undone = false;
      drafts.forEach((next, n) => {
        const day = dateOf(dayNumber('2026-06-02') + n);
        const wasPublic = isPublic(told.state, day);
        const before = told.due.length;
        told.all(day, next);
        const [cause, ...others] = told.causes.slice(before);
        expect(others).to.deep.equal([]);
        const now = isPublic(told.state, day);
        // It goes out of the public, or comes back, never without a word; a publication anew is no coming back.
        if (wasPublic !== now && next.type !== 'record.published') expect(cause).to.not.equal(undefined);
        if (cause === undefined) return;
        const stage = stageOf(cause);
        expect(now).to.equal(stage === 'resume');
        if (stage === 'suspend') expect(rests).to.equal(false);
        if (stage === 'resume') expect(undone).to.equal(true);
        rests = stage === 'suspend';
        undone = stage !== 'resume';
      });
      expect(new Set(told.due.map(({ name }) => name)).size, 'each by a name of its own').to.equal(told.due.length);
    }), { numRuns: 500 });
  });
});
