import { expect } from 'chai';
import { applyToRecord, storedRecord, type RecordHappening, type RecordState } from '../../../src/rules/records/file.ts';
import { publicityOf } from '../../../src/rules/records/publicity.ts';
import { comingOf, recordRow, useRows } from '../../../src/rules/records/rows.ts';
import type { RecordFacts } from '../../../src/rules/records/facts.ts';
import { fine, recordLaw } from '../../support/record-law.ts';

const firm: RecordFacts['subject'] = { kind: 'organisation', id: 'b6a7a3f2-2f6e-4a65-9a4b-0d3f7c7f0a11', uscc: '91321300MA1TE8T08T', name: '宿迁某食品有限公司' };
const { rules, calendar } = recordLaw();

function record(change: Partial<RecordFacts>, ...happenings: RecordHappening[]): RecordState {
  const facts = fine(firm, change);
  const publicity = publicityOf(facts, rules, calendar);
  const first = storedRecord('r', { seq: 1, at: '2026-06-01T02:00:00.000Z', actor: null, what: { type: 'record.stored', facts, publicity, source: 'form' } });
  const all: RecordHappening[] = [{ type: 'record.published', by: 'rule', reason: null, until: publicity.maxUntil }, ...happenings];
  return all.reduce((state, what) => applyToRecord(state, { seq: state.seq + 1, at: '2026-06-01T02:00:00.000Z', actor: null, what }), first);
}

describe('what comes next for a record by itself', () => {
  it('first the day of repair, then the last day, then nothing more than that it is over', () => {
    const state = record({});
    expect(comingOf(state, '2026-06-01')).to.deep.equal({ what: 'repairable', on: '2026-09-01' });
    expect(comingOf(state, '2026-09-01')).to.deep.equal({ what: 'ends', on: '2027-05-31' });
    expect(comingOf(state, '2027-05-31')).to.deep.equal({ what: 'ends', on: '2027-05-31' });
    expect(comingOf(state, '2027-06-01')).to.deep.equal({ what: 'over', on: '2027-05-31' });
  });

  it('under a hold the end of its term, and nothing once it is repaired', () => {
    expect(comingOf(record({}, { type: 'record.held', hold: 'stay', because: 'c', reason: '停止执行' }), '2026-06-01')).to.deep.equal({ what: 'endsHeld', on: '2027-05-31' });
    expect(comingOf(record({}, { type: 'record.repaired', because: 'c' }), '2026-06-01')).to.equal(null);
  });

  it('an entry that lasts until it is cured says so, and so does one that a rule keeps', () => {
    expect(comingOf(record({ kind: 'abnormalOperation', penaltyKinds: [] }), '2030-01-01')).to.deep.equal({ what: 'untilCured' });
    expect(comingOf(record({ domain: 'tax' }, { type: 'record.kept', rule: 'x#1' }), '2027-06-01')).to.deep.equal({ what: 'kept' });
  });
});

describe('the rows of a record', () => {
  it('a record that is held is not shown and has no last day, and has both again when it is lifted', () => {
    const held = record({}, { type: 'record.held', hold: 'shield', because: 'c', reason: '重整' });
    expect(recordRow(held)).to.include({ standing: 'shielded', public: false, public_until: null });
    applyToRecord(held, { seq: held.seq + 1, at: '2026-06-02T02:00:00.000Z', actor: null, what: { type: 'record.unheld', hold: 'shield', because: 'c', reason: '计划未获执行' } });
    expect(recordRow(held)).to.include({ standing: 'published', public: true, public_until: '2027-05-31' });
  });

  it('a person is not findable by what is left of his name; a firm is by name, code and document', () => {
    expect(recordRow(record({ subject: { kind: 'person', id: 'p', masked: '张* 1101**********2X' } }))['search']).to.not.include('张');
    expect(recordRow(record({}))['search']).to.include.members(['食品', '91321300ma1te8t08t', '市监', '2026']);
  });

  it('one row for each unit that was not released yet', () => {
    const used = record({}, { type: 'record.used', unit: 'rsj', measure: 'a', legalBasis: 'b' }, { type: 'record.used', unit: 'hbj', measure: 'a', legalBasis: 'b' }, { type: 'record.released', unit: 'rsj', because: 'c' });
    expect(useRows(used).map(({ unit }) => unit)).to.deep.equal(['hbj']);
  });
});

describe('classes of records', () => {
  it('a threshold without a number makes no amount serious', () => {
    const without = { on: (code: string, date: string, domain?: string | null) => ({ ...rules.on(code, date, domain), ...(code === 'record.fine.serious' ? { value: null } : {}) }) };
    expect(publicityOf(fine(firm, { fine: 90_000_000 }), without, calendar).class).to.equal('GENERAL');
    expect(publicityOf(fine(firm, { fine: 90_000_000 }), rules, calendar).class).to.equal('SERIOUS');
  });
});
