import { expect } from 'chai';
import fc from 'fast-check';
import { dateOf, dayNumber } from '../../../src/rules/calendar/index.ts';
import { resolveChange } from '../../../src/rules/records/changes.ts';
import { applyToRecord, storedRecord, type RecordHappening, type RecordState } from '../../../src/rules/records/file.ts';
import { publicityOf } from '../../../src/rules/records/publicity.ts';
import { awaitsNotice, dayOfService, serviceDue, serviceMeans, serviceOf, type Service } from '../../../src/rules/records/service.ts';
import { calendar, delivered, fined } from './delivered.ts';

const paper = { hash: 'a'.repeat(64), name: '送达回证.pdf', mime: 'application/pdf', bytes: 1 };
const both: Service = {
  documents: ['decision', 'repairNotice'], means: 'direct', issuedOn: '2026-06-03', servedOn: '2026-06-03', receiver: { as: 'representative', masked: '王*' }, note: '', proof: [paper],
};
const by = { rules: delivered, calendar, today: '2026-06-03', repairedOn: '2026-06-03' };
const served = (service: Service | null, corrects: number | null = null): RecordHappening => ({ type: 'record.served', service, corrects, reason: corrects === null ? null : '日期填错' });

/** A record that was stored, and published where its rule does so. */
function stored(change: Parameters<typeof fined>[0] = {}): RecordState {
  const facts = fined(change);
  const publicity = publicityOf(facts, delivered, calendar);
  const state = storedRecord('00000000-0000-4000-8000-000000000001', { seq: 1, at: `${facts.decidedOn}T02:00:00.000Z`, actor: null, what: { type: 'record.stored', facts, publicity, source: 'form' } });
  return publicity.shown ? happen(state, { type: 'record.published', by: 'rule', reason: null, until: publicity.maxUntil }) : state;
}

function happen(state: RecordState, what: RecordHappening, day = '2026-06-03'): RecordState {
  return applyToRecord(state, { seq: state.seq + 1, at: `${day}T02:00:00.000Z`, actor: null, what });
}

describe('service of a decision and its repair notice (两书同达)', () => {
  it('counts on the day itself, but by public notice thirty days after its issue, whether or not that is a day of rest', () => {
    for (const means of serviceMeans.filter((one) => one !== 'publicNotice')) expect(dayOfService(means, '2026-09-24', delivered, calendar)).to.equal('2026-09-24');
    expect(dayOfService('publicNotice', '2026-09-01', delivered, calendar)).to.equal('2026-10-01');
    expect(dayOfService('publicNotice', '2026-01-31', delivered, calendar)).to.equal('2026-03-02');
  });

  it('never lies before the issue, whatever the means and the day', () => {
    const days = fc.integer({ min: dayNumber('2018-06-01'), max: dayNumber('2030-12-31') }).map(dateOf);
    fc.assert(fc.property(fc.constantFrom(...serviceMeans), days, (means, issued) => dayOfService(means, issued, delivered, calendar) >= issued));
  });

  it('is due seven working days after the decision; before Order 36 no notice was asked for', () => {
    expect(serviceDue(stored({ decidedOn: '2026-09-24' }), delivered, calendar)?.date, 'over the holidays of October').to.equal('2026-10-12');
    expect(serviceDue(stored({ decidedOn: '2026-03-31' }), delivered, calendar)).to.equal(null);
  });

  it('what the rule keeps back needs no notice, until a person publishes it: then it is due from that day', () => {
    const warned = stored({ penaltyKinds: ['warning'], summaryProcedure: true, fine: 0 });
    expect(awaitsNotice(warned)).to.equal(false);
    happen(warned, { type: 'record.published', by: 'person', reason: '群体性投诉', until: '2026-08-31' }, '2026-07-15');
    expect(awaitsNotice(warned)).to.equal(true);
    expect(serviceDue(warned, delivered, calendar)?.date).to.equal('2026-07-24');
  });

  it('is awaited of penalties and listings alone, and no more once the notice is served or the record has gone', () => {
    expect(awaitsNotice(stored())).to.equal(true);
    expect(awaitsNotice(stored({ kind: 'other', penaltyKinds: [] }))).to.equal(false);
    expect(awaitsNotice(happen(stored(), served({ ...both, documents: ['decision'] })))).to.equal(true);
    expect(awaitsNotice(happen(stored(), served(both)))).to.equal(false);
    expect(awaitsNotice(happen(stored(), { type: 'record.repaired', because: 'x' }))).to.equal(false);
  });

  it('a wrong entry gives way to its correction, which may say less, or that nothing was served', () => {
    const state = happen(stored(), served(both));
    happen(state, served({ ...both, documents: ['decision'], issuedOn: '2026-06-04', servedOn: '2026-06-04' }, state.seq));
    expect([serviceOf(state, 'decision')?.servedOn, serviceOf(state, 'repairNotice')]).to.deep.equal(['2026-06-04', undefined]);
    happen(state, served({ ...both, documents: ['repairNotice'] }));
    expect(state.services).to.have.length(2);
    for (const { seq } of state.services ?? []) happen(state, served(null, seq));
    expect(state, 'a file without any folds to what it was before there was such an event').to.not.have.property('services');
  });

  it('two who record it at once record it once; an entry is corrected once', () => {
    const state = stored();
    expect(resolveChange(state, served(both), by)).to.deep.equal(served(both));
    happen(state, served(both));
    const { seq } = state;
    expect(resolveChange(state, served({ ...both, documents: ['repairNotice'] }), by)).to.equal(null);
    happen(state, served(both, seq));
    expect(resolveChange(state, served(both, seq), by)).to.equal(null);
  });

  it('knows of which version of the record the notice was', () => {
    const state = happen(stored(), served(both));
    happen(state, { type: 'record.corrected', facts: fined({ fine: 30_000 }), publicity: state.publicity, reason: '笔误' });
    expect([serviceOf(state, 'repairNotice')?.version, state.version]).to.deep.equal([1, 2]);
  });
});
