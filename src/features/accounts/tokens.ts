import type { Request } from 'express';
import type { Knex } from 'knex';
import { createMoments } from '../../platform/http/moments.ts';
import type { Cell, DataTable } from '../../platform/http/view-models.ts';

/** A token of the API, without the token. */
export interface ListedToken {
  readonly id: string;
  readonly purpose: string;
  readonly created_at: Date;
  readonly last_used_at: Date | null;
  readonly expires_at: Date | null;
  readonly revoked_at: Date | null;
  readonly pushes_repairs: boolean;
}

/** More than anybody keeps; those that are over go last. */
const SHOWN = 50;

export async function tokensOf(knex: Knex, personId: string): Promise<ListedToken[]> {
  return knex('api_token').where({ person_id: personId })
    .orderByRaw('revoked_at is not null, coalesce(expires_at < now(), false), created_at desc, id').limit(SHOWN)
    .select('id', 'purpose', 'created_at', 'last_used_at', 'expires_at', 'revoked_at', 'pushes_repairs');
}

/** False when the person has no such token that is still good. */
export async function revokeToken(db: Knex, personId: string, id: string): Promise<boolean> {
  return (await db('api_token').where({ person_id: personId }).whereRaw('id::text = ?', [id]).whereNull('revoked_at').update({ revoked_at: db.fn.now() })) > 0;
}

const isOver = ({ revoked_at: revoked, expires_at: expires }: ListedToken, now: Date): boolean => revoked !== null || (expires !== null && expires <= now);

/** @param revokeAt where a token is revoked; null for whoever may not. */
export function tokensTable(req: Request, tokens: readonly ListedToken[], now: Date, revokeAt: ((id: string) => string) | null): DataTable {
  const { t } = req;
  const moments = createMoments(t);
  const when = (at: Date | null, otherwise: string): Cell => (at === null ? otherwise : { kind: 'when', when: moments.tableTime(at) });
  const stateOf = (token: ListedToken): Cell => {
    if (token.revoked_at !== null) return { kind: 'badge', badge: { label: t('security:tokens.state.revoked'), tone: 'plain' } };
    return { kind: 'badge', badge: isOver(token, now) ? { label: t('security:tokens.state.expired'), tone: 'plain' } : { label: t('security:tokens.state.valid'), tone: 'done' } };
  };
  return {
    caption: t('security:tokens.title'),
    columns: [
      { key: 'purpose', label: t('security:tokens.purpose'), line: 1 },
      { key: 'state', label: t('security:tokens.stateLabel'), line: 1, tight: true },
      { key: 'created', label: t('security:tokens.created'), line: 2, named: true, tight: true },
      { key: 'used', label: t('security:tokens.used'), line: 2, named: true, tight: true },
      { key: 'lastDay', label: t('security:tokens.lastDay'), line: 3, named: true, tight: true },
      ...(revokeAt === null ? [] : [{ key: 'acts', label: t('accounts:acts'), line: 3 as const }]),
    ],
    rows: tokens.map((token) => ({
      cells: {
        purpose: { kind: 'lines', lines: [token.purpose === '' ? t('security:tokens.byCommand') : token.purpose, ...(token.pushes_repairs ? [t('security:tokens.pushesRepairs')] : [])] },
        state: stateOf(token),
        created: when(token.created_at, ''),
        used: when(token.last_used_at, t('security:tokens.never')),
        lastDay: when(token.expires_at, t('security:tokens.noEnd')),
        acts: revokeAt === null || isOver(token, now) ? { kind: 'none' } : { kind: 'acts', acts: [{ action: revokeAt(token.id), button: { label: t('security:tokens.revoke') } }] },
      },
    })),
    empty: { title: t('security:tokens.none') },
  };
}
