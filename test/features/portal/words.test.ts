import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { createI18n } from '../../../src/platform/i18n.ts';
import { locales } from '../../../src/rules/people.ts';
import { processes } from '../../../src/rules/processes.ts';
import { isCourts, recordKinds } from '../../../src/rules/records/facts.ts';
import { toldIn } from '../../../src/rules/records/public-state.ts';

describe('the words for a subject and its records', () => {
  const i18n = createI18n();
  const missing = (keys: readonly string[]): string[] => locales.flatMap((locale) => keys.filter((key) => !i18n.has(locale, key)).map((key) => `${locale} ${key}`));
  /** With which outcomes the process closes a case. */
  const endings = (workflow: string): string[] => [
    ...new Set([...readFileSync(new URL(`../../../workflows/${workflow}.ts`, import.meta.url), 'utf8').matchAll(/file\.close\('(\w+)'/gu)].map(([, outcome]) => outcome!)),
  ];

  for (const [kind, workflow] of [['repair', 'credit-repair'], ['objection', 'objection']] as const) {
    it(`tell the applicant of every step, stage and ending of his ${kind}`, () => {
      const ended = endings(workflow);
      expect(ended).to.include('notAccepted');
      expect(missing([
        ...ended.map((outcome) => `portal:outcome.${kind}.${outcome}`),
        ...processes[kind].steps.map((step) => `portal:onStep.${kind}.${step}`),
        ...Object.keys(processes[kind].stages).map((stage) => `portal:now.${kind}.${stage}`),
      ])).to.deep.equal([]);
    });
  }

  it('tell how a record stands, on the page of its subject and on those of the house', () => {
    const all = Object.keys(toldIn);
    const todays = ['over', 'frozen', 'takenOff'];
    expect(missing([...all.map((standing) => `portal:standing.${standing}`), ...all.filter((standing) => !todays.includes(standing)).map((standing) => `records:standing.${standing}`)])).to.deep.equal([]);
  });

  it('name in its repair notice what every record that can be repaired comes from', () => {
    expect(missing(recordKinds.filter((kind) => !isCourts({ kind })).map((kind) => `documents:notice.what.${kind}`))).to.deep.equal([]);
  });
});
