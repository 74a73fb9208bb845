import { expect } from 'chai';
import { presentTimeline } from '../../../src/features/cases/timeline.ts';
import { incidentPages } from '../../../src/features/incidents/index.ts';
import { createWords } from '../../../src/features/tasks/index.ts';
import type { Unit } from '../../../src/platform/units.ts';
import { words } from '../../platform/views-render.ts';
import { runningIncident } from '../../support/cases.ts';
import { testLaw } from '../../support/law.ts';
import { people } from '../../support/people.ts';

describe('the time line of a case', () => {
  it('a unit that was renamed since stands in it as it was called on each day', async () => {
    const law = testLaw();
    const file = await runningIncident(law, '2026-01-05T01:00:00.000Z');
    await file.done(people.handler, 'verify#1', 'founded');
    const office = (until: string): Unit => ({
      id: 'xyb', name: '宿迁市数据局', shortName: '市数据局', nameEn: 'Data Bureau', kind: 'creditOffice', regionCode: null, parentId: null, mailbox: null, active: true, position: 0, version: 2,
      former: [{ name: '宿迁市信用办', shortName: '市信用办', nameEn: 'Credit Office', since: null, until }],
    });
    const officesOf = (until: string): (string | undefined)[] => {
      const { groups } = presentTimeline({
        events: file.events, kind: incidentPages, files: new Set(), fileHref: () => '',
        words: createWords({ t: words('zh-CN'), locale: 'zh-CN', now: new Date('2026-06-01T01:00:00.000Z'), law, units: [office(until)] }),
      }, 'oldest', '/');
      return [...new Set(groups.flatMap(({ entries }) => entries).filter(({ who }) => who === people.handler.name).map(({ office: of }) => of))];
    };
    expect(officesOf('2026-03-01')).to.deep.equal(['市信用办']);
    expect(officesOf('2026-01-05')).to.deep.equal(['市数据局']);
  });
});
