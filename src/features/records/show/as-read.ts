import type { ChainedRecordEvent } from '../../../platform/records/events.ts';
import { maskFacts } from '../../../platform/records/masking.ts';
import type { Reader } from '../../../rules/casefile/as-read.ts';
import { mapTexts } from '../../../rules/masking/index.ts';
import type { RecordHappening } from '../../../rules/records/file.ts';
import type { FoundRecord, Proposal } from '../queries.ts';

/** What the page of a record is made from that people wrote by hand. */
export interface WrittenRecord {
  readonly record: FoundRecord;
  readonly events: readonly ChainedRecordEvent[];
  readonly proposals: readonly Proposal[];
}

function happeningAsRead(what: RecordHappening, { mask }: Reader): RecordHappening {
  // What was marked is what others are not to read.
  if (what.type === 'record.looked') return { ...what, passages: [], reason: mask(what.reason) };
  if (what.type !== 'record.stored' && what.type !== 'record.corrected') return mapTexts(what, mask);
  const facts = { ...what.facts, ...maskFacts(what.facts, mask) };
  return what.type === 'record.corrected' ? { ...what, facts, reason: mask(what.reason) } : { ...what, facts };
}

/** A record as a unit reads it that did not make it: what was written by hand is masked as in public, but for its own. */
export function recordAsRead({ record, events, proposals }: WrittenRecord, reader: Reader): WrittenRecord {
  const { units, mask } = reader;
  const { state } = record;
  return {
    record: {
      ...record,
      state: {
        ...state,
        facts: { ...state.facts, ...maskFacts(state.facts, mask) },
        reason: state.reason && mask(state.reason),
        uses: Object.fromEntries(Object.entries(state.uses).map(([unit, use]) => [unit, units.includes(unit) ? use : mapTexts(use, mask)])),
      },
    },
    events: events.map((event) => (event.actor && units.includes(event.actor.unit) ? event : { ...event, what: happeningAsRead(event.what, reader) })),
    proposals: proposals.map((proposal) => ({
      ...proposal, passages: [], reason: mask(proposal.reason), decided: proposal.decided && { ...proposal.decided, note: proposal.decided.note && mask(proposal.decided.note) },
    })),
  };
}
