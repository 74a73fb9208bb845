import type { Request } from 'express';
import type { Form } from '../../../platform/http/forms.ts';
import { createMoments } from '../../../platform/http/moments.ts';
import type { Timeline } from '../../../platform/http/view-models.ts';
import type { TakenOff } from '../../../platform/takedowns.ts';
import type { OrderDocument } from '../../../rules/records/file.ts';
import type { Reading } from '../parts.ts';
import type { CaseAbout, OrdersAbout, PublicReason } from '../queries.ts';
import type { WrittenRecord } from './as-read.ts';
import type { RecordAct } from './forms.ts';

export interface ShowParts extends WrittenRecord {
  readonly cases: readonly CaseAbout[];
  readonly orders: OrdersAbout;
  readonly casePaths: Readonly<Record<string, string>>;
  readonly reading: Reading;
  /** Whether what others wrote by hand stands here as it was written, or as the public reads it. */
  readonly asWritten: boolean;
  /** Names that are masked wherever they stand. */
  readonly names: readonly string[];
  readonly order: Timeline['order'];
  /** Reasons that everybody reads, or may have read. */
  readonly reasons: readonly PublicReason[];
  /** The take-down by which it is off now. */
  readonly off: TakenOff | null;
  /** What was posted in vain: which form it was, and what stood in it. */
  readonly posted: { readonly act: RecordAct; readonly form: Form } | null;
  /** The rule by which it is kept, by name and basis. */
  readonly keptBy: string | null;
}

/** Why, after the document that says so. */
export function withDocument({ reason, document }: { reason: string; document?: OrderDocument | null | undefined }, t: Request['t']): string {
  return document ? t('records:byDocument', { no: document.no, date: createMoments(t).table(document.on).text, reason }) : reason;
}
