import { z } from 'zod';
import { addFault, choice, fault, field, optional, text } from '../../platform/http/fields.ts';
import { subjectStandings } from '../../platform/records/subjects.ts';
import { checkResidentId, checkUscc } from '../../rules/codes/index.ts';

export const longestReason = 500;
export const longestName = 100;

const code = field((typed) => {
  const check = checkUscc(typed);
  return check.verdict === 'bad' && check.reason ? fault(check.reason.key, check.reason.params) : check.code;
});

/** Why somebody whose unit has no part in a subject looks at it. */
export const queryForm = z.object({ reason: text({ max: longestReason, min: 5 }) });

/** The same for a person, whom one asks for by his number. */
export const personForm = (today: string) =>
  queryForm.extend({
    number: field((typed) => {
      const check = checkResidentId(typed, today);
      return check.verdict === 'bad' && check.reason ? fault(check.reason.key, check.reason.params) : check.code;
    }),
  });

export const correctForm = z
  .object({
    name: text({ max: longestName }),
    uscc: code,
    standing: choice(subjectStandings),
    representative: optional(text({ max: longestName })),
    successor: optional(code),
    reason: text({ max: longestReason, lines: true }),
    seenVersion: z.coerce.number().int(),
  })
  .superRefine(({ standing, successor, uscc }, context) => {
    if (standing === 'merged' && successor === null) addFault(context, fault('subjects:correct.successorMissing'), ['successor']);
    if (standing !== 'merged' && successor !== null) addFault(context, fault('subjects:correct.notMerged'), ['successor']);
    if (successor !== null && successor === uscc) addFault(context, fault('subjects:correct.itself'), ['successor']);
  });
