import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { incidentPages } from '../../../src/features/incidents/index.ts';
import { createI18n } from '../../../src/platform/i18n.ts';
import { processWords } from '../../../src/platform/process-words.ts';
import { actRules, sideStages } from '../../../src/rules/casefile/acts.ts';
import { sideOutcomes } from '../../../src/rules/casefile/process.ts';
import { areas, channels, fields, levels, measures } from '../../../src/rules/incident/facts.ts';
import { incidentStages } from '../../../src/rules/incident/process.ts';
import { locales } from '../../../src/rules/people.ts';
import { processes } from '../../../src/rules/processes.ts';

const source = (path: string): string => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');

describe('the words of stages and acts', () => {
  const i18n = createI18n();
  const missing = (keys: readonly string[]): string[] => locales.flatMap((locale) => keys.filter((key) => !i18n.has(locale, key)).map((key) => `${locale} ${key}`));

  it('tell every reason for which an act is refused', () => {
    const rules = ['src/rules/casefile/acts.ts', 'src/rules/casefile/decide.ts', 'src/rules/repair/process.ts'].map(source).join('\n');
    const plain = [...rules.matchAll(/'(refused\.[\w.]+)'/gu)].map(([, key]) => key!);
    expect(plain).to.include('refused.taskDone');
    const because = [
      ...[...rules.matchAll(/because: '(\w+)'/gu)].map(([, word]) => word!),
      ...Object.values(processes).flatMap(({ stages }) => Object.values(stages).flatMap(({ apartFrom = [] }) => apartFrom)),
    ].map((word) => `refused.fourEyes.${word}`);
    expect(because).to.include.members(['refused.fourEyes.opinion', 'refused.fourEyes.withdrawal']);
    const standing = Object.keys(actRules).map((act) => `refused.noStanding.${act}`);
    expect(missing([...plain, ...because, ...standing].map((key) => `acts:${key}`))).to.deep.equal([]);
  });

  for (const { kind, stages, steps } of Object.values(processes)) {
    it(`name every stage and outcome of an ${kind}, say of each what was done, and ask for it in mail`, () => {
      const outcomes = { ...Object.fromEntries(Object.entries(stages).map(([stage, of]) => [stage, of.outcomes])), ...sideOutcomes } as Record<string, readonly string[]>;
      const keys = Object.entries(outcomes).flatMap(([stage, of]) => [
        processWords.stage(kind, stage),
        processWords.todo(kind, stage),
        ...of.flatMap((outcome) => [processWords.outcome(kind, stage, outcome), processWords.done(kind, stage, outcome)]),
      ]);
      expect(missing([...keys, ...steps.map((step) => processWords.step(kind, step))])).to.deep.equal([]);
    });
  }

  it('name everything that can be chosen', () => {
    const names = { level: levels, area: areas, field: fields, measure: measures, channel: channels };
    expect(missing(Object.entries(names).flatMap(([kind, values]) => values.map((value) => `stages:${kind}.${value}`)))).to.deep.equal([]);
  });

  it('belong to stages that have a form', () => {
    expect(Object.keys(incidentPages.stages)).to.have.members(Object.keys(incidentStages));
    expect(Object.keys(sideOutcomes)).to.have.members([...sideStages]);
  });
});
