import { z } from 'zod';
import { addFault, choice, day, fault, integer, optional, text } from '../../platform/http/fields.ts';
import { limitUnits, ruleDomains, valueFault, type RuleDomain, type RuleKind } from '../../rules/limits/index.ts';

const LONGEST_BASIS = 1000;
const LONGEST_REASON = 500;
/** Rules are looked up for past days as well, but none is older than the first notice on dishonesty governance. */
const EARLIEST = '2014-01-01';
const LATEST = '2099-12-31';

export const limits = { basis: LONGEST_BASIS, reason: LONGEST_REASON } as const;

/** The choice of a version that is for all fields which have none of their own. */
export const GENERAL = 'general';

const anyDomain = choice([GENERAL, ...ruleDomains]).transform((chosen): RuleDomain | null => (chosen === GENERAL ? null : chosen));

/** What a rule that is the same for all fields takes, whatever came. */
const nothing = z.preprocess(() => null, z.null());

/** A new version of a rule: value and unit must be ones the rule can have, and only the version of one field has an end. */
export function proposalForm(kind: RuleKind) {
  return z
    .object({
      domain: kind.byDomain ? anyDomain : nothing,
      value: optional(integer({ min: 0, max: 1_000_000_000 })),
      unit: choice(limitUnits),
      legalBasis: text({ max: LONGEST_BASIS, min: 4, lines: true }),
      effectiveFrom: day({ notBefore: EARLIEST, notAfter: LATEST }),
      effectiveTo: kind.byDomain ? optional(day({ notBefore: EARLIEST, notAfter: LATEST })) : nothing,
      reason: text({ max: LONGEST_REASON, min: 4, lines: true }),
    })
    .superRefine(({ domain, value, unit, effectiveFrom, effectiveTo }, context) => {
      if (effectiveTo !== null && domain === null) addFault(context, fault('rules:fault.endNeedsDomain'), ['effectiveTo']);
      else if (effectiveTo !== null && effectiveTo < effectiveFrom) {
        addFault(context, fault('rules:fault.endsBeforeItBegins', { value: effectiveTo }), ['effectiveTo']);
      }
      const found = valueFault(kind, value, unit, domain);
      if (found === null) return;
      const { min, max, code } = kind;
      const outside = kind.chosen ? 'common:form.notOffered' : unit === 'none' ? 'rules:fault.outsideBare' : 'rules:fault.outside';
      const key = found === 'tooSmall' || found === 'tooLarge' ? outside : `rules:fault.${found}`;
      addFault(context, fault(key, { value: value ?? '', min, max, unit, code }), [found === 'unit' ? 'unit' : 'value']);
    });
}

/** What a second person says to a proposal. A rejection needs its reason. */
export const decisionForm = z
  .object({ id: integer({ min: 1, max: 2_147_483_647 }), decision: choice(['confirm', 'reject']), note: optional(text({ max: LONGEST_REASON, lines: true })) })
  .superRefine(({ decision, note }, context) => {
    if (decision === 'reject' && note === null) addFault(context, fault('rules:fault.rejectionNeedsReason'), ['note']);
  });
