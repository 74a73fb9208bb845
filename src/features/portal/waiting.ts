import type { Knex } from 'knex';
import type { Sight } from '../../platform/visibility.ts';
import { listBindings } from './bindings.ts';
import type { PortalKeys } from './keys.ts';
import { bindingsPath } from './parts.ts';

/** A binding that is to be checked, as the list of work of who checks it names it. */
export interface WaitingBinding {
  readonly href: string;
  readonly subject: string;
  /** The code of a firm; nothing of a person. */
  readonly note: string;
  readonly what: 'portal:staff.title';
  readonly unit: string;
  /** The masked address of the account. */
  readonly by: string;
  readonly at: Date;
}

/** So many are named; the list of bindings has them all. */
const mostBindings = 20;

/** Reads the bindings that the person may check, those that have waited longest first; none outside the credit office. */
export const createWaitingBindings =
  (knex: Knex, keys: Pick<PortalKeys, 'mailDigest'>) =>
  async ({ id, mail }: Pick<Express.User, 'id' | 'mail'>, sight: Sight): Promise<WaitingBinding[]> => {
    const [office] = sight.units;
    if (!sight.all || office === undefined) return [];
    const found = await listBindings(knex, { state: 'asked', search: null, from: null, size: mostBindings }, { person: id, mail: keys.mailDigest(mail) });
    return found.map((binding) => ({
      href: `${bindingsPath}/${binding.id}`, subject: binding.name, note: binding.uscc ?? '', what: 'portal:staff.title', unit: office, by: binding.masked, at: binding.askedAt,
    }));
  };
