import { hasRole } from '../../../rules/people.ts';
import { isCourts, type RecordFacts } from '../../../rules/records/facts.ts';
import type { RecordState } from '../../../rules/records/file.ts';
import { enteringUnits, type Reading } from '../parts.ts';
import type { Proposal, PublicReason } from '../queries.ts';
import { disputesOn, type RecordAct } from './forms.ts';

/** `null`: it is none of his business. `reason`: he might look for it, and can't do it now; a key of `records:no`. */
export type May = { readonly ok: true } | { readonly ok: false; readonly reason: string } | null;

const yes: May = { ok: true };
const no = (reason: string): May => ({ ok: false, reason });

/** A second person confirms: the head of the unit that made the record, or the credit office, but for what a court decided. */
function decides({ person, sight }: Reading, facts: RecordFacts): boolean {
  return (sight.all && !isCourts(facts)) || hasRole(person, 'head', facts.unit);
}

/** The proposal that waits for its decision. */
export const openOf = (proposals: readonly Proposal[]): Proposal | null => proposals.find(({ decided }) => decided === null) ?? null;

/** Whether the person proposed the same in an earlier round, which was not agreed to. `proposals`: the latest first. */
function proposedBefore(open: Proposal, proposals: readonly Proposal[], person: string): boolean {
  const same = proposals.filter(({ act, id }) => act === open.act && id !== open.id);
  const agreed = same.findIndex(({ decided }) => decided?.granted === true);
  return same.slice(0, agreed < 0 ? same.length : agreed).some(({ by }) => by.id === person);
}

/** What a person may do to a record now. Who proposes in any round does not decide (四眼). `proposals`: the latest first. */
export function mayAct(
  act: RecordAct,
  { state, proposals, reading, reasons }: { state: RecordState; proposals: readonly Proposal[]; reading: Reading; reasons: readonly PublicReason[] },
): May {
  const { facts, status } = state;
  const open = openOf(proposals);
  const own = enteringUnits(reading.person);
  const isOwn = own.includes(facts.unit);
  switch (act) {
    case 'publish':
      if (!isOwn || status !== 'stored') return null;
      if (state.minor) return no('minor');
      if (state.waits) return no('waitsLook');
      if (open) return no('waits');
      return state.publicity.maxUntil !== null && state.publicity.maxUntil < reading.today ? no('over') : yes;
    case 'look':
      if (!isOwn || state.minor || (status !== 'stored' && status !== 'published')) return null;
      return open ? no('waits') : yes;
    case 'withdraw':
      if (!isOwn || status === 'withdrawn') return null;
      return open ? no('waits') : yes;
    case 'mendReason':
      if ((!isOwn && !reading.sight.all) || reasons.length === 0) return null;
      return open ? no('waits') : yes;
    case 'stay':
      if (!isOwn || status !== 'published') return null;
      return open ? no('waits') : yes;
    case 'shield':
      if (!isOwn || status !== 'published' || state.holds.shield !== undefined) return null;
      return open ? no('waits') : yes;
    case 'liftStay':
    case 'liftShield':
    case 'finalise':
      // What is gone for good has nothing to be lifted from.
      if (!isOwn || !['stored', 'published', 'repaired'].includes(status) || state.holds[act === 'liftStay' ? 'stay' : 'shield'] === undefined) return null;
      if (act === 'finalise' && status !== 'published') return null;
      return open ? no('waits') : yes;
    case 'dispute':
      return isOwn && status === 'published' ? yes : null;
    case 'settle':
      return isOwn && disputesOn(state).length > 0 ? yes : null;
    case 'decide':
      if (!open) return null;
      if (!decides(reading, facts)) return isOwn ? no('otherDecides') : null;
      if (open.by.id === reading.person.id) return no('ownProposal');
      return proposedBefore(open, proposals, reading.person.id) ? no('earlierProposal') : yes;
    case 'use':
      if (own.length === 0) return null;
      if (status !== 'published') return null;
      if (Object.keys(state.holds).length > 0) return no('held');
      return own.every((unit) => state.uses[unit] !== undefined) ? no('usedAlready') : yes;
    case 'performed':
      if (!isOwn || facts.performed || status === 'withdrawn') return null;
      return yes;
  }
}
