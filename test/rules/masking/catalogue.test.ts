import { expect } from 'chai';
import { publicText } from '../../../src/rules/masking/index.ts';
import { measure, readCatalogue, type Sentence } from './catalogue.ts';

/** What is reached, with little room below it: who changes a rule sees whether it costs anything. */
const least = {
  catalogue: { recall: 0.98, precision: 0.99 },
  'held-out': { recall: 0.97, precision: 0.96 },
} as const;

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;

describe('masking: sentences of decisions, opinions, reasons and objections', () => {
  for (const name of ['catalogue', 'held-out'] as const) {
    it(`of the ${name}, who is in it is masked or waits for a look, and nothing else`, function () {
      const sentences = readCatalogue(name);
      const measured = measure(sentences);
      const { recall, precision, missed, wrong } = measured;
      const clean = sentences.filter(({ personal }) => personal.length === 0).length;
      this.test!.title += `: ${sentences.length} sentences, ${clean} of them without persons; recall ${percent(recall)}, precision ${percent(precision)}`;
      expect(recall, `missed:\n${missed.join('\n')}`).to.be.at.least(least[name].recall);
      expect(precision, `masked in vain:\n${wrong.join('\n')}`).to.be.at.least(least[name].precision);
    });
  }
});

/** A text of whole sentences that is about so long; the seed makes another one each time. */
function textOf(sentences: readonly Sentence[], length: number, seed: number): string {
  let state = seed;
  let text = '';
  while (text.length < length) {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    text += sentences[state % sentences.length]!.text;
  }
  return text.slice(0, length);
}

/** Milliseconds of processor time that one text takes, so that what else the machine does is not measured. */
function cost(texts: readonly string[]): number {
  const before = process.cpuUsage();
  for (const text of texts) publicText(text);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000 / texts.length;
}

describe('masking: what it costs', () => {
  const sentences = readCatalogue('catalogue');
  const texts = (length: number, from: number): string[] => Array.from({ length: 24 }, (_, n) => textOf(sentences, length, from + n * 7919));

  it('a text of 4,000 characters takes some milliseconds, and one ten times as long about ten times as many', function () {
    this.timeout(60_000);
    cost(texts(4000, 1));
    const short = Math.min(cost(texts(4000, 2)), cost(texts(4000, 3)));
    const long = Math.min(cost(texts(40_000, 4)), cost(texts(40_000, 5)));
    this.test!.title += `: ${short.toFixed(1)} ms, ${long.toFixed(1)} ms`;
    expect(short).to.be.below(15);
    expect(long / short).to.be.below(25);
  });

  it('text that is made to take long takes no longer', function () {
    this.timeout(60_000);
    const hostile = ['1'.repeat(40_000), '1 '.repeat(20_000), '人'.repeat(40_000), '王'.repeat(40_000), '身份证号'.repeat(10_000), '苏N·'.repeat(10_000), '微信号：'.repeat(10_000), '路'.repeat(40_000), '王小明、'.repeat(10_000)];
    for (const text of hostile) {
      const before = process.cpuUsage();
      publicText(text);
      const { user } = process.cpuUsage(before);
      expect(user / 1000, text.slice(0, 8)).to.be.below(2000);
    }
  });
});
