import { z } from 'zod';
import { addFault, choice, day, fault, integer, optional, text } from '../../platform/http/fields.ts';
import { limitUnits, valueFault, type RuleKind } from '../../rules/limits/index.ts';

const LONGEST_BASIS = 1000;
const LONGEST_REASON = 500;
/** Rules are looked up for past days as well, but none is older than the first notice on dishonesty governance. */
const EARLIEST = '2014-01-01';
const LATEST = '2099-12-31';

export const limits = { basis: LONGEST_BASIS, reason: LONGEST_REASON } as const;

/** A new version of a rule: value and unit must be ones the rule can have. */
export function proposalForm(kind: RuleKind) {
  return z
    .object({
      value: optional(integer({ min: 0, max: 1_000_000 })),
      unit: choice(limitUnits),
      legalBasis: text({ max: LONGEST_BASIS, min: 4, lines: true }),
      effectiveFrom: day({ notBefore: EARLIEST, notAfter: LATEST }),
      reason: text({ max: LONGEST_REASON, min: 4, lines: true }),
    })
    .superRefine(({ value, unit }, context) => {
      const found = valueFault(kind, value, unit);
      if (found === null) return;
      const { min, max } = kind;
      addFault(context, fault(`rules:fault.${found}`, { value: value ?? '', min, max }), [found === 'unit' ? 'unit' : 'value']);
    });
}

/** What a second person says to a proposal. A rejection needs its reason. */
export const decisionForm = z
  .object({ id: integer({ min: 1, max: 2_147_483_647 }), decision: choice(['confirm', 'reject']), note: optional(text({ max: LONGEST_REASON, lines: true })) })
  .superRefine(({ decision, note }, context) => {
    if (decision === 'reject' && note === null) addFault(context, fault('rules:fault.rejectionNeedsReason'), ['note']);
  });
