import { expect } from 'chai';
import fc from 'fast-check';
import { dateOf, dayNumber } from '../../../src/rules/calendar/index.ts';
import { resolveChange, type RecordDraft } from '../../../src/rules/records/changes.ts';
import {
  applyToRecord, foldRecord, isPublic, recordHolds, recordMarks, standingOf, storedRecord, type RecordEvent, type RecordHappening, type RecordState,
} from '../../../src/rules/records/file.ts';
import { publicityOf } from '../../../src/rules/records/publicity.ts';
import { calendar, delivered, fined, publicityWith } from './delivered.ts';

const id = '00000000-0000-4000-8000-000000000001';
const caseA = '00000000-0000-4000-8000-0000000000aa';
const caseB = '00000000-0000-4000-8000-0000000000bb';
const publish: RecordDraft = { type: 'record.published', by: 'rule', reason: null };
const repair: RecordDraft = { type: 'record.repaired', because: caseA };
const restore: RecordDraft = { type: 'record.restored', because: caseA };
const hold = (kind: 'stay' | 'shield'): RecordDraft => ({ type: 'record.held', hold: kind, because: caseA, reason: '法院裁定' });
const lift = (kind: 'stay' | 'shield'): RecordDraft => ({ type: 'record.unheld', hold: kind, because: caseA, reason: '执行完毕' });
const mark = (because = caseA): RecordDraft => ({ type: 'record.marked', mark: 'objection', because });
const unmark = (because = caseA): RecordDraft => ({ type: 'record.unmarked', mark: 'objection', because, result: '不成立' });

/** A record's file in memory: what is recorded is what `resolveChange` allows, as where files are written. */
class RecordFile {
  readonly events: RecordEvent[] = [];
  readonly state: RecordState;
  private repairedOn: string;

  constructor(change: Parameters<typeof fined>[0] = {}) {
    const facts = fined(change);
    const what: RecordHappening = { type: 'record.stored', facts, publicity: publicityOf(facts, delivered, calendar), source: 'form' };
    const first = this.event(what, facts.decidedOn);
    this.events.push(first);
    this.state = storedRecord(id, first);
    this.repairedOn = facts.decidedOn;
  }

  private event(what: RecordHappening, day: string): RecordEvent {
    return { seq: this.events.length + 1, at: `${day}T02:00:00.000Z`, actor: null, what };
  }

  /** What was recorded; null when there was nothing to do. */
  change(draft: RecordDraft, day: string): RecordHappening | null {
    const what = resolveChange(this.state, draft, { rules: delivered, calendar, today: day, repairedOn: this.repairedOn });
    if (what === null) return null;
    if (what.type === 'record.repaired') this.repairedOn = day;
    const event = this.event(what, day);
    this.events.push(event);
    applyToRecord(this.state, event);
    return what;
  }

  all(day: string, ...drafts: readonly RecordDraft[]): this {
    for (const draft of drafts) this.change(draft, day);
    return this;
  }
}

const published = (change: Parameters<typeof fined>[0] = {}): RecordFile => new RecordFile(change).all('2026-06-01', publish);

describe("a record's file", () => {
  it('counts from the day we publish it, where the rule counts from the publication and nobody published it before', () => {
    const market = { domain: 'marketSupervision', decidedOn: '2026-05-31' } as const;
    const file = new RecordFile(market);
    expect(file.state.publicity).to.include({ startsAt: 'decision', maxUntil: '2029-05-31' });
    expect(file.change(publish, '2026-06-18')).to.deep.include({ until: '2029-06-18' });
    expect(file.state.publicity).to.include({ startsAt: 'publication', start: '2026-06-18', minUntil: '2026-09-18', maxUntil: '2029-06-18' });
    expect(foldRecord(id, file.events)).to.deep.equal(file.state);
    const elsewhere = new RecordFile({ ...market, publishedOn: '2026-06-05' });
    expect(elsewhere.change(publish, '2026-06-18')).to.deep.equal({ ...publish, until: '2029-06-05' });
  });

  it('of before folds as it did: a publication without a term of its own leaves that of the decision', () => {
    const file = new RecordFile({ domain: 'marketSupervision' });
    const before = file.state.publicity;
    const old: RecordEvent = { seq: 2, at: '2026-06-18T02:00:00.000Z', actor: null, what: { type: 'record.published', by: 'rule', reason: null, until: before.maxUntil } };
    expect(foldRecord(id, [...file.events, old])).to.deep.include({ status: 'published', until: '2029-05-31', publicity: before });
  });

  it('situation 13: shown through its last day, gone with the midnight after it, ended when the job has written so', () => {
    const { state } = published();
    expect(state.until).to.equal('2027-05-31');
    expect(isPublic(state, '2027-05-31')).to.equal(true);
    expect(isPublic(state, '2027-06-01')).to.equal(false);
    expect(standingOf(state), 'until the job has come by').to.equal('published');
  });

  it('situation 13: ended, or kept by the rule that is written down, until a person takes it away', () => {
    const ended = published().all('2027-06-01', { type: 'record.ended' });
    expect(standingOf(ended.state)).to.equal('ended');
    expect(ended.change(repair, '2027-06-02'), 'a repair that comes later has nothing to act on').to.equal(null);

    const kept = published({ domain: 'tax' }).all('2027-06-01', { type: 'record.kept', rule: 'publicity.keep-uncorrected#77' });
    expect(kept.state).to.include({ status: 'published', until: null, keptBy: 'publicity.keep-uncorrected#77' });
    expect(isPublic(kept.state, '2031-01-01')).to.equal(true);
    expect(kept.change({ type: 'record.kept', rule: 'publicity.keep-uncorrected#77' }, '2027-06-02'), 'once').to.equal(null);
    kept.all('2027-07-01', repair);
    expect(isPublic(kept.state, '2027-07-01')).to.equal(false);
    expect(kept.all('2027-09-01', restore).state, 'a false paper brings it back until cured').to.include({ status: 'published', until: null });
  });

  it('situation 11: a record that no rule publishes is published by a person, with a reason, within its term', () => {
    const file = new RecordFile({ penaltyKinds: ['warning'], summaryProcedure: true, fine: 0 });
    expect(standingOf(file.state)).to.equal('stored');
    expect(isPublic(file.state, '2026-06-01')).to.equal(false);
    const what = file.change({ type: 'record.published', by: 'person', reason: '群体性投诉，需提示公众。' }, '2026-07-15');
    expect(what).to.include({ until: '2026-08-31', reason: '群体性投诉，需提示公众。' });
    expect(isPublic(file.state, '2026-09-01')).to.equal(false);
  });

  it('situation 16: a shield hides it and is lifted again; the term runs on meanwhile', () => {
    const { state } = published().all('2026-07-01', mark(), hold('shield'));
    expect([standingOf(state), isPublic(state, '2026-07-02')]).to.deep.equal(['shielded', false]);
    const back = published().all('2026-07-01', hold('shield')).all('2026-12-01', lift('shield')).state;
    expect(back).to.include({ until: '2027-05-31', status: 'published' });
    expect(standingOf(back)).to.equal('published');
  });

  it('situation 17: a dispute marks it and leaves it public; a stay suspends it until lifted; overturned, it is withdrawn', () => {
    const file = published().all('2026-07-01', { type: 'record.marked', mark: 'lawsuit', because: caseA });
    expect([standingOf(file.state), isPublic(file.state, '2026-07-02')]).to.deep.equal(['marked', true]);
    file.all('2026-07-05', hold('stay'));
    expect([standingOf(file.state), isPublic(file.state, '2026-07-06')]).to.deep.equal(['suspended', false]);
    file.all('2026-08-01', lift('stay'));
    expect(standingOf(file.state), 'the mark lies under the stay').to.equal('marked');
    file.all('2026-09-01', { type: 'record.withdrawn', because: caseA, reason: '处罚决定被撤销' });
    expect([standingOf(file.state), isPublic(file.state, '2026-09-01')]).to.deep.equal(['withdrawn', false]);
    for (const draft of [publish, repair, restore, mark(), hold('stay')]) expect(file.change(draft, '2026-09-02')).to.equal(null);
  });

  it('a stay or a dispute before the publication lies over it when it is published', () => {
    const file = new RecordFile().all('2026-06-01', hold('stay'), mark(), publish);
    expect([standingOf(file.state), isPublic(file.state, '2026-06-02')]).to.deep.equal(['suspended', false]);
    file.all('2026-06-10', lift('stay'));
    expect(standingOf(file.state)).to.equal('marked');
  });

  it("a mark is taken off by the case that set it, not by another one's end", () => {
    const file = published().all('2026-07-01', mark(caseA));
    expect(file.change(unmark(caseB), '2026-07-02')).to.equal(null);
    expect(standingOf(file.state)).to.equal('marked');
    file.all('2026-07-03', unmark(caseA));
    expect(standingOf(file.state)).to.equal('published');
  });

  it('situation 17: two courts stay it, and each stay is lifted by its own name; it is shown again with the last', () => {
    const stay = (because: string): RecordDraft => ({ type: 'record.held', hold: 'stay', because, reason: '裁定停止执行' });
    const liftStay = (because: string): RecordDraft => ({ type: 'record.unheld', hold: 'stay', because, reason: '裁定撤销' });
    const file = published().all('2026-07-01', stay(caseA));
    expect(file.change(liftStay(caseB), '2026-07-02'), "another's stay is not lifted").to.equal(null);
    expect(file.change(stay(caseA), '2026-07-02'), 'set once').to.equal(null);
    file.all('2026-07-02', stay(caseB)).all('2026-07-03', liftStay(caseA));
    expect([standingOf(file.state), file.state.holds]).to.deep.equal(['suspended', { stay: [caseB] }]);
    file.all('2026-07-04', liftStay(caseB));
    expect([standingOf(file.state), file.state.holds]).to.deep.equal(['published', {}]);
  });

  it('two lawsuits and a reconsideration are marks of their own; the record is marked until the last is settled', () => {
    const marked = (kind: 'lawsuit' | 'reconsideration', because: string): RecordDraft => ({ type: 'record.marked', mark: kind, because });
    const settled = (kind: 'lawsuit' | 'reconsideration', because: string): RecordDraft => ({ type: 'record.unmarked', mark: kind, because, result: '驳回' });
    const file = published().all('2026-07-01', marked('lawsuit', '行初1号'), marked('lawsuit', '行初2号'), marked('reconsideration', '复1号'));
    file.all('2026-08-01', settled('lawsuit', '行初1号'));
    expect(file.state.marks).to.deep.equal({ lawsuit: ['行初2号'], reconsideration: ['复1号'] });
    expect(file.change(settled('reconsideration', '行初2号'), '2026-08-02')).to.equal(null);
    file.all('2026-08-02', settled('reconsideration', '复1号'), settled('lawsuit', '行初2号'));
    expect([standingOf(file.state), file.state.marks]).to.deep.equal(['published', {}]);
  });

  it('a file of before folds to what it was: a second mark took the place of the first, and any end of a hold ended it', () => {
    const events = published().all('2026-07-01', mark(caseA), hold('stay')).events;
    const at = '2026-07-02T02:00:00.000Z';
    const old = (what: RecordHappening, n: number): RecordEvent => ({ seq: events.length + n, at, actor: null, what });
    const state = foldRecord(id, [
      ...events,
      old({ type: 'record.marked', mark: 'objection', because: caseB }, 1),
      old({ type: 'record.unmarked', mark: 'objection', because: caseB, result: '不成立' }, 2),
      old({ type: 'record.unheld', hold: 'stay', because: 'what lifted it', reason: '裁定撤销' }, 3),
    ]);
    expect([state.marks, state.holds, standingOf(state)]).to.deep.equal([{}, {}, 'published']);
  });

  it('situation 16: the plan is executed, the shield becomes final, and there is no way back', () => {
    const finalise = (because: string): RecordDraft => ({ type: 'record.finalised', because, reason: '重整计划执行完毕', document: { no: '（2026）苏13破2号之五', on: '2026-12-01' } });
    expect(published().change(finalise(caseA), '2026-07-01'), 'what was not shielded is not final').to.equal(null);
    const file = published().all('2026-07-01', hold('shield'));
    expect(file.change(finalise(caseB), '2026-12-02'), 'of another plan').to.equal(null);
    file.all('2026-12-02', finalise(caseA));
    expect([standingOf(file.state), file.state.reason, isPublic(file.state, '2026-12-03')]).to.deep.equal(['finalised', '重整计划执行完毕', false]);
    for (const draft of [publish, repair, restore, lift('shield'), mark(), hold('stay')]) expect(file.change(draft, '2026-12-04')).to.equal(null);
  });

  it('a term passes under a hold as it would without: ended, with nothing to be lifted from', () => {
    const file = published().all('2026-07-01', hold('stay')).all('2027-06-01', { type: 'record.ended' });
    expect(standingOf(file.state)).to.equal('ended');
    expect(file.change(lift('stay'), '2027-06-02')).to.equal(null);
  });

  it('what is held back is not used, and what was corrected so that no rule shows it is kept back until it is published anew', () => {
    const used: RecordDraft = { type: 'record.used', unit: 'czj', measure: '限制参加政府采购', legalBasis: '《政府采购法》第二十二条' };
    expect(published().all('2026-07-01', hold('stay')).change(used, '2026-07-02')).to.equal(null);
    const file = published().all('2026-07-01', used).all('2026-07-05', { type: 'record.unpublished', reason: '处罚种类录入有误' });
    expect(file.state).to.include({ status: 'stored', until: null, publishedAt: null });
    expect(Object.keys(file.state.uses), 'the unit is to be told').to.deep.equal(['czj']);
    file.all('2026-07-06', { type: 'record.published', by: 'person', reason: '群体性投诉' });
    expect(standingOf(file.state)).to.equal('published');
  });

  it('units that use it stay in the file when it is gone, until each is released', () => {
    const used = (unit: string): RecordDraft => ({ type: 'record.used', unit, measure: '限制参加政府采购', legalBasis: '《政府采购法》第二十二条' });
    const file = published().all('2026-07-01', used('czj'), used('zjj')).all('2026-09-01', repair);
    expect(Object.keys(file.state.uses)).to.deep.equal(['czj', 'zjj']);
    expect(file.change(used('rsj'), '2026-09-02'), 'what is gone is not used any more').to.equal(null);
    file.all('2026-09-03', { type: 'record.released', unit: 'czj', because: caseA });
    expect(file.change({ type: 'record.released', unit: 'czj', because: caseA }, '2026-09-04'), 'once').to.equal(null);
    expect(Object.keys(file.state.uses)).to.deep.equal(['zjj']);
  });

  it('a correction is a new version with its own term; what was kept beyond the old one is looked at anew', () => {
    const facts = fined({ decidedOn: '2026-04-30' });
    const correct: RecordDraft = { type: 'record.corrected', facts, publicity: publicityOf(facts, delivered, calendar), reason: '决定日期录入有误。' };
    const file = published().all('2026-06-10', correct);
    expect(file.state).to.include({ version: 2, until: '2027-04-30' });
    expect(file.state.facts.decidedOn).to.equal('2026-04-30');
    const kept = published().all('2027-06-01', { type: 'record.kept', rule: 'r#1' }, correct);
    expect(kept.state).to.include({ keptBy: null, until: '2027-04-30' });
    const stored = new RecordFile().all('2026-06-10', correct);
    expect(stored.state, 'what is not public has no last day').to.include({ status: 'stored', until: null });
    const again = published().all('2026-06-10', { type: 'record.withdrawn', because: null, reason: '重复' }, correct);
    expect(again.state).to.include({ status: 'withdrawn', version: 2 });
  });

  it('a correction after a revoked repair leaves the days that were given back', () => {
    const file = published().all('2026-09-01', repair).all('2026-12-10', restore);
    expect(file.state.until, '272 days were left on 2026-09-01').to.equal('2027-09-08');
    const facts = fined({ act: '超标排放水污染物，已责令改正。' });
    file.all('2027-01-05', { type: 'record.corrected', facts, publicity: publicityOf(facts, delivered, calendar), reason: '补充事实。' });
    expect(file.state.until).to.equal('2027-09-08');
  });

  it('a file has a beginning, one, and no gap', () => {
    const { events } = published();
    const [first, second] = events;
    if (!first || !second) throw new Error('the file is short');
    expect(() => foldRecord(id, [])).to.throw('empty');
    expect(() => foldRecord(id, [{ ...second, seq: 1 }])).to.throw('does not begin');
    expect(() => foldRecord(id, [first, { ...second, seq: 3 }])).to.throw('does not follow');
    expect(() => foldRecord(id, [first, { ...first, seq: 2 }])).to.throw('stored twice');
    expect(resolveChange(published().state, first.what as RecordDraft, { rules: delivered, calendar, today: '2026-06-02', repairedOn: '2026-06-02' }), 'a record is stored once').to.equal(null);
  });
});

describe("a record's file: whatever happens to it", () => {
  const because = fc.constantFrom(caseA, caseB);
  const facts = fc.constantFrom(fined(), fined({ fine: 800_000 }), fined({ decidedOn: '2026-05-01' }), fined({ performed: true }), fined({ penaltyKinds: ['warning'], fine: 0 }));
  const draft: fc.Arbitrary<RecordDraft> = fc.oneof(
    fc.constant(publish),
    because.map((by): RecordDraft => ({ type: 'record.repaired', because: by })),
    because.map((by): RecordDraft => ({ type: 'record.restored', because: by })),
    fc.record({ type: fc.constant('record.marked' as const), mark: fc.constantFrom(...recordMarks), because }),
    fc.record({ type: fc.constant('record.unmarked' as const), mark: fc.constantFrom(...recordMarks), because, result: fc.constant('不成立') }),
    fc.record({ type: fc.constantFrom('record.held' as const, 'record.unheld' as const), hold: fc.constantFrom(...recordHolds), because, reason: fc.constant('裁定') }),
    fc.constantFrom('czj', 'zjj').map((unit): RecordDraft => ({ type: 'record.used', unit, measure: '重点监管', legalBasis: '条例' })),
    fc.record({ type: fc.constant('record.released' as const), unit: fc.constantFrom('czj', 'zjj'), because }),
    fc.constant<RecordDraft>({ type: 'record.ended' }),
    fc.constant<RecordDraft>({ type: 'record.unpublished', reason: '更正' }),
    because.map((by): RecordDraft => ({ type: 'record.finalised', because: by, reason: '执行完毕' })),
    fc.constant<RecordDraft>({ type: 'record.kept', rule: 'publicity.keep-uncorrected#77' }),
    fc.constant<RecordDraft>({ type: 'record.performed', reason: '已缴清' }),
    facts.map((of): RecordDraft => ({ type: 'record.stored', facts: of, publicity: publicityOf(of, delivered, calendar), source: 'api' })),
    facts.map((of): RecordDraft => ({ type: 'record.corrected', facts: of, publicity: publicityOf(of, delivered, calendar), reason: '更正' })),
    { weight: 1, arbitrary: fc.constant<RecordDraft>({ type: 'record.withdrawn', because: null, reason: '撤销' }) },
  );
  const steps = fc.array(fc.record({ draft, after: fc.nat(90) }), { maxLength: 40 });

  /** What holds after every step. */
  function sound(state: RecordState, today: string): void {
    const standing = standingOf(state);
    if (state.status !== 'published') expect(standing).to.equal(state.status);
    expect(standing === 'shielded').to.equal(state.status === 'published' && state.holds.shield !== undefined);
    if (standing === 'suspended') expect(state.holds.stay).to.not.equal(undefined);
    if (standing === 'marked') expect([Object.keys(state.holds).length, Object.keys(state.marks).length > 0]).to.deep.equal([0, true]);
    if (isPublic(state, today)) expect(standing).to.be.oneOf(['published', 'marked']);
    if (state.status === 'stored') expect([state.until, state.publishedAt]).to.deep.equal([null, null]);
    if (state.status === 'published' && state.until === null) expect(state.keptBy, 'without a last day only by a rule').to.not.equal(null);
  }

  const namesOf = ({ marks, holds }: RecordState): Set<string> =>
    new Set([...Object.entries(marks), ...Object.entries(holds)].flatMap(([kind, all]) => all.map((by) => `${kind} ${by}`)));

  it('never breaks its fold, and every standing is what happened to it', () => {
    fc.assert(fc.property(steps, (taken) => {
      const file = new RecordFile();
      const used = new Set<string>();
      const standing = new Set<string>();
      let day = dayNumber('2026-06-01');
      for (const { draft: next, after } of taken) {
        day += after;
        const before = structuredClone(file.state);
        const what = file.change(next, dateOf(day));
        if (what === null) expect(file.state).to.deep.equal(before);
        else expect(file.state.seq).to.equal(before.seq + 1);
        if (before.status === 'withdrawn') expect(file.state.status, 'there is no way back').to.equal('withdrawn');
        if (before.status === 'ended' || before.status === 'finalised') expect(file.state.status).to.be.oneOf([before.status, 'withdrawn']);
        if (what?.type === 'record.marked') standing.add(`${what.mark} ${what.because}`);
        if (what?.type === 'record.unmarked') expect(standing.delete(`${what.mark} ${what.because}`), 'a mark that stood').to.equal(true);
        if (what?.type === 'record.held') standing.add(`${what.hold} ${what.because}`);
        if (what?.type === 'record.unheld') expect(standing.delete(`${what.hold} ${what.because}`), 'a hold that stood').to.equal(true);
        expect(namesOf(file.state), 'each by its own name').to.deep.equal(standing);
        if (what?.type === 'record.used') used.add(what.unit);
        if (what?.type === 'record.released') used.delete(what.unit);
        expect(new Set(Object.keys(file.state.uses))).to.deep.equal(used);
        sound(file.state, dateOf(day));
      }
      expect(foldRecord(id, structuredClone(file.events))).to.deep.equal(file.state);
    }), { numRuns: 1000 });
  });

  it('a repair that is revoked gives back exactly the days that were left when it was granted', () => {
    const spans = fc.record({ wait: fc.nat(363), away: fc.nat(2000), again: fc.nat(300), awayAgain: fc.nat(500) });
    fc.assert(fc.property(spans, ({ wait, away, again, awayAgain }) => {
      const file = published();
      const last = dayNumber(publicityWith().maxUntil ?? '');
      const granted = dayNumber('2026-06-01') + wait;
      file.all(dateOf(granted), repair);
      file.all(dateOf(granted + away), restore);
      const until = dayNumber(file.state.until ?? '');
      expect(until - (granted + away)).to.equal(last - granted);
      // And a second time, from what was given back.
      const second = Math.min(granted + away + again, until);
      file.all(dateOf(second), repair).all(dateOf(second + awayAgain), restore);
      expect(dayNumber(file.state.until ?? '') - (second + awayAgain)).to.equal(until - second);
    }));
  });
});
