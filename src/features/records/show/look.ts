import { z } from 'zod';
import { addFault, fault, text, type Fault } from '../../../platform/http/fields.ts';
import { markShape, passagesOf } from '../../../platform/http/marking.ts';
import { doubtsOf, publicTexts } from '../../../rules/records/bars.ts';
import type { RecordState } from '../../../rules/records/file.ts';
import { longestReason } from './forms.ts';

/** What is proposed by a look: each passage that was named on the page, masked where it is ticked, and others by their text. */
export function lookForm({ facts, passages: decided = [] }: Pick<RecordState, 'facts' | 'passages'>) {
  const offered = [...new Set([...decided.map((passage) => passage.text), ...doubtsOf(facts).map(({ original }) => original)])];
  const texts = publicTexts.map((name) => facts[name]);
  return z.object({ ...markShape, reason: text({ max: longestReason, lines: true }) }).transform(({ reason, ...marks }, context) => {
    const refuse = (why: Fault): void => addFault(context, why, ['more']);
    const passages = passagesOf(marks, { texts, offered }, refuse);
    if (passages.length === 0) refuse(fault('stages:mark.nothing'));
    return { reason, passages };
  });
}
