import { createHash } from 'node:crypto';
import { z } from 'zod';
import { choice, day, text, uuid } from '../../../platform/http/fields.ts';
import type { RecordHold, RecordMark, RecordState } from '../../../rules/records/file.ts';
import { proposalActs, type ProposalAct, type PublicReason } from '../queries.ts';

export const longestReason = 500;
export const longestMeasure = 200;
export const longestDocument = 100;

const reason = text({ max: longestReason, lines: true });

/** Marks that the unit sets itself; that of an objection belongs to its case. */
export const disputes = ['reconsideration', 'lawsuit'] as const satisfies readonly RecordMark[];

/** One of several marks or holds of a kind, named so that a form can send it: what set it may be a long text. */
export interface Named<K> {
  readonly kind: K;
  readonly because: string;
  readonly name: string;
}

const named = <K extends string>(kind: K, because: string): Named<K> => ({ kind, because, name: `${kind}.${createHash('sha256').update(because).digest('hex').slice(0, 16)}` });

export const disputesOn = ({ marks }: Pick<RecordState, 'marks'>): Named<(typeof disputes)[number]>[] => disputes.flatMap((mark) => (marks[mark] ?? []).map((because) => named(mark, because)));
export const holdsOn = ({ holds }: Pick<RecordState, 'holds'>, hold: RecordHold): Named<RecordHold>[] => (holds[hold] ?? []).map((because) => named(hold, because));

/** Acts that lift a hold, or make it final, with the kind of hold. */
const targeted: Readonly<Partial<Record<ProposalAct, RecordHold>>> = { liftStay: 'stay', liftShield: 'shield', finalise: 'shield' };
/** Acts that follow from a document of a court or authority. */
const ordered: ReadonlySet<ProposalAct> = new Set(['stay', 'liftStay', 'shield', 'liftShield', 'finalise']);

export const targetOf = (act: ProposalAct): RecordHold | null => targeted[act] ?? null;
/** Acts whose reason everybody reads: it is looked at as the public will read it, by both persons. */
export const isTold = (act: ProposalAct): boolean => act === 'withdraw' || act === 'mendReason';
export const isOrdered = (act: ProposalAct): boolean => ordered.has(act);

/** The form of a proposal: a reason, with the document where one orders it, and the hold where one is lifted. */
export function proposeForm(act: ProposalAct, { state, today, reasons }: { state: RecordState; today: string; reasons: readonly PublicReason[] }) {
  const hold = targetOf(act);
  return z.object({
    reason,
    ...(isOrdered(act) ? { documentNo: text({ max: longestDocument }), documentOn: day({ notBefore: state.facts.decidedOn, notAfter: today }) } : {}),
    ...(hold === null ? {} : { target: choice(holdsOn(state, hold).map(({ name }) => name)) }),
    ...(act === 'mendReason' ? { target: choice(reasons.map(({ of }) => of)) } : {}),
    ...(act === 'withdraw' ? { knownOn: day({ notBefore: state.facts.decidedOn, notAfter: today }) } : {}),
  }) as z.ZodType<{ reason: string; documentNo?: string; documentOn?: string; target?: string; knownOn?: string }, unknown>;
}

/** Forms of the other acts on a record, by the last part of the address that they are sent to. */
export const actForms = {
  decide: z.object({ proposal: uuid, verdict: choice(['granted', 'refused']), note: z.preprocess((value) => (typeof value === 'string' && value.trim() === '' ? undefined : value), text({ max: longestReason, lines: true }).optional()) }),
  use: z.object({ unit: text({ max: 40 }), measure: text({ max: longestMeasure }), legalBasis: text({ max: longestReason }) }),
  performed: z.object({ reason }),
  dispute: z.object({ mark: choice(disputes), reason }),
  settle: z.object({ mark: text({ max: 40 }), reason }),
};

export const recordActs = ['decide', 'look', 'publish', 'dispute', 'settle', 'stay', 'liftStay', 'shield', 'liftShield', 'finalise', 'use', 'performed', 'withdraw', 'mendReason'] as const;
export type RecordAct = (typeof recordActs)[number];

export const isProposal = (act: RecordAct): act is ProposalAct => (proposalActs as readonly string[]).includes(act);
