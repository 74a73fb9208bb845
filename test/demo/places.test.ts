import { expect } from 'chai';
import { places, plots } from '../../src/demo/plots.ts';
import { demoUnits } from '../../src/features/demo/people.ts';
import { openRegions } from '../../src/features/incidents/parts.ts';
import type { Unit } from '../../src/platform/units.ts';

describe('the incidents of the demo city', () => {
  it('happen in regions as a report names them, so that a new one like them is found to be like them', () => {
    const units = demoUnits.map((unit) => ({ ...unit, active: true }) as unknown as Unit);
    const offered = openRegions(units);
    expect(offered).to.include.members(['suqian', 'suyu', 'jkq']);
    for (const { region, name } of places) expect(offered, name).to.include(region);
  });

  it('are handled by units there are', () => {
    const ids = demoUnits.map(({ id }) => id);
    for (const { lead, helpers, title } of plots) expect(ids, title).to.include.members([lead, ...helpers]);
  });
});
