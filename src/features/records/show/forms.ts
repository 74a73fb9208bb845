import { z } from 'zod';
import { choice, text, uuid } from '../../../platform/http/fields.ts';

export const longestReason = 500;
export const longestMeasure = 200;

const reason = text({ max: longestReason, lines: true });

/** Forms of the acts on a record, by the last part of the address that they are sent to. */
export const actForms = {
  publish: z.object({ reason }),
  withdraw: z.object({ reason }),
  decide: z.object({ proposal: uuid, verdict: choice(['granted', 'refused']), note: z.preprocess((value) => (typeof value === 'string' && value.trim() === '' ? undefined : value), text({ max: longestReason, lines: true }).optional()) }),
  use: z.object({ unit: text({ max: 40 }), measure: text({ max: longestMeasure }), legalBasis: text({ max: longestReason }) }),
  performed: z.object({ reason }),
};

export const recordActs = ['publish', 'withdraw', 'decide', 'use', 'performed'] as const;
export type RecordAct = (typeof recordActs)[number];
