import { expect } from 'chai';
import { createMoments } from '../../src/platform/http/moments.ts';
import { words } from './views-render.ts';

const NOW = new Date('2026-09-24T10:05:00+08:00');

describe('dates and times on pages', () => {
  const zh = createMoments(words('zh-CN'));
  const en = createMoments(words('en'));

  it('are those of Shanghai, whatever the host\'s zone: 23:30 UTC is the next morning', () => {
    expect(zh.dayTime(new Date('2026-09-23T23:30:00Z'))).to.deep.equal({ iso: '2026-09-24T07:30:00+08:00', text: '2026年9月24日（周四）07:30' });
  });

  it('leave the year out when it is this one', () => {
    expect(zh.shortTime(new Date('2026-10-12T17:30:00+08:00'), NOW).text).to.equal('10月12日（周一）17:30');
    expect(zh.shortTime(new Date('2027-01-08T17:30:00+08:00'), NOW).text).to.equal('2027年1月8日（周五）17:30');
  });

  it('take this year as it is in Shanghai on New Year\'s Eve', () => {
    expect(zh.short('2027-01-01', new Date('2026-12-31T16:30:00Z')).text).to.equal('1月1日（周五）');
  });

  it('have one form in tables', () => {
    expect(zh.table('2026-09-24').text).to.equal('2026-09-24');
    expect(zh.tableTime(NOW).text).to.equal('2026-09-24 10:05');
    expect(en.table(NOW).text).to.equal('2026-09-24');
  });

  it('name a Sunday as one', () => {
    expect(zh.day('2026-09-20').text).to.equal('2026年9月20日（周日）');
    expect(en.short('2026-09-20', NOW).text).to.equal('Sun 20 Sep');
  });

  it('refuse what is no date', () => {
    expect(() => zh.day('2026-13-40')).to.throw(RangeError);
  });

  it('mark times that the page keeps true by itself', () => {
    expect(zh.ago(NOW)).to.deep.equal({ iso: '2026-09-24T10:05:00+08:00', text: '2026-09-24 10:05', relative: true });
  });
});
