import { z } from 'zod';
import { text } from '../../../platform/http/fields.ts';
import type { Translate } from '../../../platform/i18n.ts';
import type { Passage } from '../../../rules/masking/index.ts';
import { doubtsOf, publicTexts } from '../../../rules/records/bars.ts';
import type { RecordState } from '../../../rules/records/file.ts';
import { longestReason } from './forms.ts';

/** Of all passages that are marked at once. */
export const longestMore = 2000;

/** What is proposed by a look: each passage that was named on the page, masked where it is ticked, and others by their text. */
export function lookForm({ facts, passages: decided = [] }: Pick<RecordState, 'facts' | 'passages'>, t: Translate) {
  const offered = [...new Set([...decided.map((passage) => passage.text), ...doubtsOf(facts).map(({ original }) => original)])];
  const whole = publicTexts.map((name) => facts[name]);
  return z.object({
    doubts: z.preprocess((value) => (value === undefined ? [] : [value].flat()), z.array(z.string())),
    more: z.preprocess((value) => (typeof value === 'string' ? value : ''), z.string().max(longestMore)),
    reason: text({ max: longestReason, lines: true }),
  }).transform(({ doubts, more, reason: why }, context) => {
    const lines = [...new Set(more.split(/\r?\n/u).map((line) => line.trim()).filter((line) => line !== ''))];
    const refuse = (path: string, message: string): void => {
      context.addIssue({ code: 'custom', path: [path], message });
    };
    for (const line of lines) {
      if ([...line].length < 2) refuse('more', t('records:act_.look.tooShort', { text: line }));
      else if (!whole.some((one) => one.includes(line))) refuse('more', t('records:act_.look.notInText', { text: line }));
    }
    const passages: Passage[] = [
      ...offered.filter((one) => !lines.includes(one)).map((one) => ({ text: one, as: doubts.includes(one) ? 'masked' as const : 'kept' as const })),
      ...lines.map((one) => ({ text: one, as: 'masked' as const })),
    ];
    if (passages.length === 0) refuse('more', t('records:act_.look.nothing'));
    return { reason: why, passages };
  });
}
