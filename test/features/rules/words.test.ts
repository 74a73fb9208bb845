import { expect } from 'chai';
import { ruleHref, ruleName, valueInWords } from '../../../src/features/rules/words.ts';
import { deliveredLimits } from '../../../src/features/rules/seed.ts';
import { createI18n } from '../../../src/platform/i18n.ts';
import { locales } from '../../../src/rules/people.ts';
import { ruleDomains, ruleGroups, ruleKinds } from '../../../src/rules/limits/index.ts';

const i18n = createI18n({ onMissing: (locale, key) => { throw new Error(`${locale} has no ${key}`); } });

describe('the words of the rules', () => {
  for (const locale of locales) {
    const t = i18n.translator(locale);

    it(`name and explain every rule, group and field in ${locale}`, () => {
      for (const { code } of ruleKinds) {
        expect(ruleName({ code, domain: null }, t)).to.not.equal('');
        expect(t(`rules:rule.${code}.about`), code).to.not.include('rules:');
      }
      for (const group of ruleGroups) expect(t(`rules:group.${group}`), group).to.not.equal('');
      const fields = ruleDomains.map((domain) => ruleName({ code: 'publicity.general.min', domain }, t));
      expect(new Set(fields).size).to.equal(ruleDomains.length);
    });

    it(`say every delivered value, and every choice, in ${locale}`, () => {
      for (const row of deliveredLimits()) expect(valueInWords(row, t), row.code).to.not.equal('');
      for (const { code, min, max } of ruleKinds.filter(({ chosen }) => chosen)) {
        const words = Array.from({ length: max - min + 1 }, (_, index) => valueInWords({ code, value: min + index, unit: 'none' }, t));
        expect(new Set(words).size, code).to.equal(words.length);
      }
    });
  }

  it('of rules in one group are told apart by their names', () => {
    const t = i18n.translator('zh-CN');
    for (const group of ruleGroups) {
      const names = ruleKinds.filter((kind) => kind.group === group).map(({ code }) => ruleName({ code, domain: null }, t));
      expect(new Set(names).size, group).to.equal(names.length);
    }
  });

  it('a field is part of the address of its rule', () => {
    expect(ruleHref({ code: 'publicity.general.min', domain: 'food' }, '/propose')).to.equal('/admin/rules/publicity.general.min/propose?domain=food');
    expect(ruleHref({ code: 'publicity.general.min', domain: null })).to.equal('/admin/rules/publicity.general.min');
  });
});
