import type { Knex } from 'knex';
import type { CaseKind, Instant } from '../../rules/casefile/types.ts';

/** A case that nobody opens by hand: what happened in the tables calls for it. */
export interface CaseDue {
  /** Follows from what happened, so that whoever records that again means the same case. */
  readonly caseId: string;
  readonly kind: Extract<CaseKind, 'release' | 'codeCorrection' | 'takedown'>;
  /** The record of a release, or the code of a correction; a text that was taken off is named in its opening. */
  readonly about: { readonly record: string } | { readonly uscc: string } | null;
  readonly at: Instant;
  readonly title: string;
  /** Without the office that supervises, which is found when the case is opened. */
  readonly opening: object;
}

/**
 * Writes down in the transaction of a cause which cases it calls for. The worker opens the case of each row
 * (`createCaseOpener`); whatever dies before that, the row is there. One that is there already stays as it is.
 */
export async function writeDueCases(trx: Knex, due: readonly CaseDue[]): Promise<void> {
  if (due.length === 0) return;
  const rows = due.map(({ caseId, kind, about, at, title, opening }) => ({
    case_id: caseId, kind, record_id: about && 'record' in about ? about.record : null, uscc: about && 'uscc' in about ? about.uscc : null, at, title, opening,
  }));
  await trx.raw(
    `insert into case_due (case_id, kind, record_id, uscc, at, title, opening)
     select case_id, kind, record_id, uscc, at, title, opening
     from json_to_recordset(?::json) as t(case_id uuid, kind text, record_id uuid, uscc text, at timestamptz, title text, opening json)
     on conflict do nothing`,
    [JSON.stringify(rows)],
  );
}
