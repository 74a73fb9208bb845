import { expect } from 'chai';
import { repairableTooLate } from '../../../src/rules/records/public-state.ts';

describe('a ban that ends after the publicity', () => {
  it('tells nobody to wait for a day on which the record is shown no more', () => {
    expect(repairableTooLate('2029-11-30', '2027-07-06')).to.equal(true);
    expect(repairableTooLate('2027-07-06', '2027-07-06')).to.equal(false);
    expect(repairableTooLate('2029-11-30', null)).to.equal(false);
    expect(repairableTooLate(null, '2027-07-06')).to.equal(false);
  });
});
