import { createHash } from 'node:crypto';
import type { Knex } from 'knex';
import { canonicalJson } from '../canonical.ts';
import { eventOf, type EventRow } from '../casefile/events.ts';
import { eventLine } from '../dossier/lines.ts';
import { digestOfRows, type Leaf } from './leaves.ts';
import type { TreeHash } from './tree.ts';

/** Lines of the access log are anchored when they are this old: by then every transaction that wrote one has ended. */
const settledMinutes = 60;

interface Head {
  id: string;
  seq: number;
  digest: Buffer;
}

/** Files of events whose head is not what was anchored last. */
async function* movedHeads(trx: Knex, kind: 'case' | 'record'): AsyncGenerator<Leaf[]> {
  const table = kind === 'case' ? 'case_file' : 'record';
  const chunk = 2000;
  for (let after: string | null = null; ;) {
    const { rows }: { rows: (Head & { moved: boolean })[] } = await trx.raw(
      `select f.id, f.head_seq as seq, f.head_hash as digest, (l.seq, l.digest) is distinct from (f.head_seq::bigint, f.head_hash) as moved
       from (select id, head_seq, head_hash from ${table} where ?::uuid is null or id > ?::uuid order by id limit ?) f
       left join lateral (select seq, digest from anchor_leaf where kind = ? and id = f.id::text order by position desc limit 1) l on true
       order by f.id`,
      [after, after, chunk, kind],
    );
    const moved = rows.filter((row) => row.moved).map(({ id, seq, digest }): Leaf => ({ kind, id, seq, digest }));
    if (moved.length > 0) yield moved;
    if (rows.length < chunk) return;
    after = rows.at(-1)!.id;
  }
}

/** The events of these files up to the number of each: one hash a file, over its lines. */
async function eventDigests(trx: Knex, hash: TreeHash, files: readonly { readonly id: string; readonly seq: number }[]): Promise<Leaf[]> {
  const last = new Map(files.map(({ id, seq }) => [id, seq]));
  const rows: EventRow[] = await trx<EventRow>('case_event').whereIn('case_id', [...last.keys()]).orderBy(['case_id', 'seq']);
  const digests = new Map(files.map(({ id }) => [id, createHash(hash)]));
  for (const row of rows) if (row.seq <= last.get(row.case_id)!) digests.get(row.case_id)!.update(eventLine(eventOf(row)));
  return files.map(({ id, seq }): Leaf => ({ kind: 'caseEvents', id, seq, digest: digests.get(id)!.digest() }));
}

/** Cases whose events up to their head are not anchored as they are handed out. */
async function* movedEvents(trx: Knex, hash: TreeHash): AsyncGenerator<Leaf[]> {
  const chunk = 200;
  for (let after: string | null = null; ;) {
    const { rows }: { rows: { id: string; seq: number }[] } = await trx.raw(
      `select f.id, f.head_seq as seq from case_file f
       left join lateral (select seq from anchor_leaf where kind = 'caseEvents' and id = f.id::text order by position desc limit 1) l on true
       where (?::uuid is null or f.id > ?::uuid) and l.seq is distinct from f.head_seq order by f.id limit ?`,
      [after, after, chunk],
    );
    if (rows.length > 0) yield await eventDigests(trx, hash, rows);
    if (rows.length < chunk) return;
    after = rows.at(-1)!.id;
  }
}

interface RuleVersion {
  id: number;
  status: string;
  effective_to: string | null;
  confirmed_by: string | null;
  confirmed_at: Date | null;
  decision_note: string | null;
  [column: string]: unknown;
}

/** The states of a version of a rule that can't change any more: as it was proposed (1), decided (2) and ended (3). */
export async function ruleLeaves(db: Knex, hash: TreeHash): Promise<Leaf[]> {
  const versions: RuleVersion[] = await db('rule_version').orderBy('id').select('*');
  return versions.flatMap(({ id, status, effective_to: ended, confirmed_by: by, confirmed_at: at, decision_note: note, ...proposed }) => {
    const leaf = (seq: number, content: unknown): Leaf => ({ kind: 'rule', id: String(id), seq, digest: digestOfRows(hash, content) });
    return [
      leaf(1, proposed),
      ...(status === 'proposed' ? [] : [leaf(2, { status, by, at, note })]),
      ...(ended === null ? [] : [leaf(3, { ended })]),
    ];
  });
}

/** Accounts with what they may do: who somebody is called and where he reads his mail is not covered. */
export async function personLeaves(db: Knex, hash: TreeHash): Promise<Leaf[]> {
  const { rows }: { rows: { id: string; username: string; active: boolean; roles: string[] }[] } = await db.raw(
    `select p.id, p.username, p.active, coalesce(array_agg(r.unit_id || ' ' || r.role order by r.unit_id, r.role) filter (where r.role is not null), '{}') as roles
     from person p left join person_role r on r.person_id = p.id group by p.id order by p.id`,
  );
  return rows.map(({ id, ...account }): Leaf => ({ kind: 'person', id, seq: 0, digest: digestOfRows(hash, account) }));
}

/** A line as the anchors cover it: columns that came later count where they are filled, so that older lines read as they did. */
const lineOf = ({ about, written_at: writtenAt, ...line }: Record<string, unknown>): unknown => ({
  ...line, ...(about === null ? {} : { about }), ...(writtenAt === null ? {} : { writtenAt }),
});

/** The lines of the access log after `from` up to and including `to`, read some at a time. */
export async function accessLogDigest(db: Knex, hash: TreeHash, from: number, to: number): Promise<Buffer> {
  const digest = createHash(hash);
  const chunk = 5000;
  for (let after = from; ;) {
    const rows: ({ id: number } & Record<string, unknown>)[] = await db('access_log').where('id', '>', after).where('id', '<=', to).orderBy('id').limit(chunk).select('*');
    for (const row of rows) digest.update(`${canonicalJson(lineOf(row))}\n`);
    if (rows.length < chunk) return digest.digest();
    after = rows.at(-1)!.id;
  }
}

async function accessLogLeaf(trx: Knex, hash: TreeHash): Promise<Leaf[]> {
  const last: { seq: number } | undefined = await trx('anchor_leaf').where({ kind: 'accessLog' }).orderBy('position', 'desc').first('seq');
  const from = last?.seq ?? 0;
  const newest: { id: number } | undefined = await trx('access_log')
    .whereRaw(`coalesce(written_at, at) < now() - ? * interval '1 minute'`, [settledMinutes]).where('id', '>', from).orderBy('id', 'desc').first('id');
  if (!newest) return [];
  const to = newest.id;
  return [{ kind: 'accessLog', id: String(from), seq: to, digest: await accessLogDigest(trx, hash, from, to) }];
}

const keyOf = ({ id, seq, digest }: Leaf): string => `${id} ${seq} ${digest.toString('hex')}`;

/** Of those, the ones that no leaf says yet; of a person only the newest leaf counts, as he may get back what he had. */
async function unsaid(trx: Knex, kind: 'rule' | 'person', leaves: readonly Leaf[]): Promise<Leaf[]> {
  const there = trx('anchor_leaf').where({ kind });
  const said: Leaf[] = kind === 'rule' ? await there : await there.distinctOn('id').orderBy([{ column: 'id' }, { column: 'position', order: 'desc' }]);
  const known = new Set(said.map(keyOf));
  return leaves.filter((leaf) => !known.has(keyOf(leaf)));
}

/** Everything that changed since the last anchor, some leaves at a time. */
export async function* changedLeaves(trx: Knex, hash: TreeHash): AsyncGenerator<Leaf[]> {
  yield* movedHeads(trx, 'case');
  yield* movedHeads(trx, 'record');
  yield* movedEvents(trx, hash);
  yield await unsaid(trx, 'rule', await ruleLeaves(trx, hash));
  yield await unsaid(trx, 'person', await personLeaves(trx, hash));
  yield await accessLogLeaf(trx, hash);
}
