import { z } from 'zod';
import { addFault, fault, text, type Fault } from '../../../platform/http/fields.ts';
import type { Passage } from '../../../rules/masking/index.ts';
import { doubtsOf, publicTexts } from '../../../rules/records/bars.ts';
import type { RecordState } from '../../../rules/records/file.ts';
import { longestReason } from './forms.ts';

/** Of all passages that are marked at once. */
export const longestMore = 2000;

/** What is proposed by a look: each passage that was named on the page, masked where it is ticked, and others by their text. */
export function lookForm({ facts, passages: decided = [] }: Pick<RecordState, 'facts' | 'passages'>) {
  const offered = [...new Set([...decided.map((passage) => passage.text), ...doubtsOf(facts).map(({ original }) => original)])];
  const whole = publicTexts.map((name) => facts[name]);
  return z.object({
    doubts: z.preprocess((value) => (value === undefined ? [] : [value].flat()), z.array(z.string())),
    more: z.preprocess((value) => (typeof value === 'string' ? value : ''), z.string().max(longestMore)),
    reason: text({ max: longestReason, lines: true }),
  }).transform(({ doubts, more, reason }, context) => {
    const lines = [...new Set(more.split(/\r?\n/u).map((line) => line.trim()).filter((line) => line !== ''))];
    const refuse = (why: Fault): void => addFault(context, why, ['more']);
    for (const line of lines) {
      if ([...line].length < 2) refuse(fault('records:act_.look.tooShort', { text: line }));
      else if (!whole.some((one) => one.includes(line))) refuse(fault('records:act_.look.notInText', { text: line }));
    }
    const passages: Passage[] = [
      ...offered.filter((one) => !lines.includes(one)).map((one) => ({ text: one, as: doubts.includes(one) ? 'masked' as const : 'kept' as const })),
      ...lines.map((one) => ({ text: one, as: 'masked' as const })),
    ];
    if (passages.length === 0) refuse(fault('records:act_.look.nothing'));
    return { reason, passages };
  });
}
