import { z } from 'zod';
import { choice, text, uuid } from '../../../platform/http/fields.ts';
import type { RecordMark } from '../../../rules/records/file.ts';
import { proposalActs, type ProposalAct } from '../queries.ts';

export const longestReason = 500;
export const longestMeasure = 200;

const reason = text({ max: longestReason, lines: true });

/** Marks that the unit sets itself; that of an objection belongs to its case. */
export const disputes = ['reconsideration', 'lawsuit'] as const satisfies readonly RecordMark[];

/** Forms of the acts on a record, by the last part of the address that they are sent to. */
export const actForms = {
  propose: z.object({ reason }),
  decide: z.object({ proposal: uuid, verdict: choice(['granted', 'refused']), note: z.preprocess((value) => (typeof value === 'string' && value.trim() === '' ? undefined : value), text({ max: longestReason, lines: true }).optional()) }),
  use: z.object({ unit: text({ max: 40 }), measure: text({ max: longestMeasure }), legalBasis: text({ max: longestReason }) }),
  performed: z.object({ reason }),
  dispute: z.object({ mark: choice(disputes), reason }),
  settle: z.object({ mark: choice(disputes), reason }),
};

export const recordActs = ['decide', 'publish', 'dispute', 'settle', 'stay', 'liftStay', 'shield', 'liftShield', 'use', 'performed', 'withdraw'] as const;
export type RecordAct = (typeof recordActs)[number];

export const isProposal = (act: RecordAct): act is ProposalAct => (proposalActs as readonly string[]).includes(act);
