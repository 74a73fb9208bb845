import type { Knex } from 'knex';
import { groupedBy } from '../grouped.ts';
import type { Finding, Verified } from '../proof.ts';
import { accessLogDigest, personLeaves, ruleLeaves } from './gather.ts';
import { leafBytes, type Leaf } from './leaves.ts';
import { anchorOf, leavesOf, type Anchor } from './take.ts';
import { createTree } from './tree.ts';

type Fault = Pick<Finding, 'kind' | 'detail' | 'said'> & { seq?: number | null };

const finding = (file: Finding['file'], id: string, number: string, { seq = null, ...fault }: Fault): Finding => ({ file, id, number, seq, ...fault });

/** Each root computed again from the leaves; the first that differs is named, as all later ones contain it. */
async function rootFindings(knex: Knex, anchors: readonly Anchor[]): Promise<Finding[]> {
  const trees = new Map(anchors.map(({ hash }) => [hash, createTree(hash)]));
  const waiting = [...anchors];
  const differing = (): Anchor | undefined => {
    for (let next = waiting[0]; next && trees.get(next.hash)!.size === next.size; next = waiting[0]) {
      waiting.shift();
      if (!trees.get(next.hash)!.root().equals(next.root)) return next;
    }
    return undefined;
  };
  let wrong = differing();
  for await (const leaves of leavesOf(knex)) {
    for (const leaf of leaves) {
      for (const tree of trees.values()) tree.append(leafBytes(leaf));
      wrong ??= differing();
      if (wrong) break;
    }
    if (wrong) break;
  }
  wrong ??= waiting[0];
  if (!wrong) return [];
  const { number, day } = wrong;
  return [finding('anchor', String(number), day, { kind: 'root', seq: number, detail: `the root of anchor ${number} (${day}) does not follow from its leaves`, said: { key: 'root', params: { number, day } } })];
}

/** The root that somebody kept outside of this database. */
function expectedFinding(anchors: readonly Anchor[], expected: string): Finding[] {
  if (anchors.some(({ root }) => root.toString('hex') === expected.toLowerCase())) return [];
  return [finding('anchor', expected, '', { kind: 'root', detail: `no anchor here has the root ${expected}: the anchors are not those that were sent out`, said: { key: 'rootUnknown', params: { root: expected } } })];
}

interface AnchoredFile {
  id: string;
  seq: number;
  number: string | null;
  head: number | null;
  last: number | null;
}

function fileFault({ seq, number, last }: AnchoredFile): Fault {
  if (number === null && last === null) return { kind: 'missing', detail: `was anchored with ${seq} events and is not there`, said: { key: 'anchoredMissing', params: { seq } } };
  if (last === null || last < seq) {
    return { kind: 'cut', seq: (last ?? 0) + 1, detail: `was anchored with ${seq} events and has ${last ?? 0}`, said: { key: 'anchoredCut', params: { expected: seq, found: last ?? 0 } } };
  }
  return { kind: 'rewritten', seq, detail: `event ${seq} is not the one that was anchored`, said: { key: 'anchoredOther', params: { seq } } };
}

/** Files whose event at the anchored place is gone or another. The chain leads from it to all before. */
async function fileFindings(knex: Knex, kind: 'case' | 'record'): Promise<Finding[]> {
  const [table, events, ref, number] = kind === 'case' ? ['case_file', 'case_event', 'case_id', 'f.case_no'] : ['record', 'record_event', 'record_id', 'f.document_no'];
  const { rows }: { rows: AnchoredFile[] } = await knex.raw(
    `select n.id, n.seq, ${number} as number, f.head_seq as head, (select max(seq) from ${events} where ${ref} = n.id::uuid) as last
     from (select distinct on (id) id, seq, digest from anchor_leaf where kind = ? order by id, position desc) n
     left join ${table} f on f.id = n.id::uuid
     left join ${events} e on e.${ref} = n.id::uuid and e.seq = n.seq
     where e.hash is distinct from n.digest or f.id is null`,
    [kind],
  );
  return rows.map((row) => finding(kind, row.id, row.number ?? '', fileFault(row)));
}

async function ruleFindings(knex: Knex, anchors: readonly Anchor[]): Promise<Finding[]> {
  const hashes = [...new Set(anchors.map(({ hash }) => hash))];
  const now = (await Promise.all(hashes.map((hash) => ruleLeaves(knex, hash)))).flat();
  const stands = new Set(now.map(({ id, seq, digest }) => `${id} ${seq} ${digest.toString('hex')}`));
  const codes = new Map(((await knex('rule_version').select('id', 'code')) as { id: number; code: string }[]).map(({ id, code }) => [String(id), code]));
  const anchored: Leaf[] = await knex('anchor_leaf').where({ kind: 'rule' }).orderBy('position');
  const wrong = new Set(anchored.filter(({ id, seq, digest }) => !stands.has(`${id} ${seq} ${digest.toString('hex')}`)).map(({ id }) => id));
  return [...wrong].map((id) => {
    const code = codes.get(id);
    return finding('rule', id, code ?? '', code === undefined
      ? { kind: 'missing', detail: 'a version of a rule that was anchored is not there', said: { key: 'ruleMissing', params: { id } } }
      : { kind: 'rewritten', detail: 'a version of a rule is not what was anchored', said: { key: 'ruleOther', params: { id } } });
  });
}

/** The log is kept so long at least; what is older may be gone. */
const logKeptMonths = 6;

/** Changes of an account that its lines in the access log explain. */
const accountKinds = ['personAdded', 'rolesChanged', 'personActivated', 'personDeactivated'];

/** From one anchored state of an account to the next, and from the last one to now, leads a line of the access log. */
async function personFindings(knex: Knex, anchors: readonly Anchor[], since: Date): Promise<Finding[]> {
  const last = anchors.at(-1)!;
  const leaves: (Leaf & { position: number })[] = await knex('anchor_leaf').where({ kind: 'person' }).orderBy('position');
  const accounts = new Map(((await knex('person').select('id', 'username', 'is_demo')) as { id: string; username: string; is_demo: boolean }[]).map((account) => [account.id, account]));
  const lines: { subject_id: string; at: Date }[] = await knex('access_log').whereIn('kind', accountKinds).where('at', '>=', since).select('subject_id', 'at');
  const told = groupedBy(lines, ({ subject_id: id }) => id);
  const anchorAt = (position: number): number => anchors.findIndex(({ size }) => size > position);
  const loggedBetween = (id: string, from: Date, to: Date): boolean => (told.get(id) ?? []).some(({ at }) => at >= from && at <= to);

  const states = new Map(groupedBy(leaves, ({ id }) => id));
  for (const leaf of await personLeaves(knex, last.hash)) {
    const before = states.get(leaf.id);
    if (before?.at(-1)?.digest.equals(leaf.digest)) continue;
    states.set(leaf.id, [...(before ?? []), { ...leaf, position: last.size }]);
  }
  const wrong: Finding[] = [];
  for (const [id, changes] of states) {
    const account = accounts.get(id);
    if (!account) {
      wrong.push(finding('person', id, '', { kind: 'missing', detail: 'an account that was anchored is not there', said: { key: 'personMissing', params: { id } } }));
      continue;
    }
    for (const { position } of changes) {
      const n = anchorAt(position);
      // What stood at the first anchor was there before anything was anchored; the demo city's people come with it.
      if (n === 0 || account.is_demo) continue;
      const [from, to] = [anchors[n === -1 ? anchors.length - 1 : n - 1]!.takenAt, n === -1 ? new Date() : anchors[n]!.takenAt];
      if (from < since || loggedBetween(id, from, to)) continue;
      wrong.push(finding('person', id, account.username, {
        kind: 'unlogged',
        detail: 'what the account may do was changed, and the access log tells of no change',
        said: { key: 'personUnlogged', params: { from: from.toISOString().slice(0, 10), to: to.toISOString().slice(0, 10) } },
      }));
    }
  }
  return wrong;
}

async function accessLogFindings(knex: Knex, anchors: readonly Anchor[], since: Date): Promise<Finding[]> {
  const leaves: (Leaf & { position: number })[] = await knex('anchor_leaf').where({ kind: 'accessLog' }).orderBy('position');
  const wrong: Finding[] = [];
  for (const { id, seq, digest, position } of leaves) {
    const n = anchors.findIndex(({ size }) => size > position);
    const anchor = anchors[n];
    // Lines go with their whole stretch, when its anchor is old enough.
    if (!anchor || anchor.takenAt < since) continue;
    if ((await accessLogDigest(knex, anchor.hash, Number(id), seq)).equals(digest)) continue;
    wrong.push(finding('accessLog', String(seq), '', {
      kind: 'rewritten',
      detail: `lines ${Number(id) + 1} to ${seq} are not what was anchored on ${anchor.day}`,
      said: { key: 'accessLogOther', params: { from: Number(id) + 1, to: seq, day: anchor.day } },
    }));
  }
  return wrong;
}

/**
 * Proves what is in the database against its anchors: the roots against the leaves, the leaves against files, rules,
 * accounts and the access log.
 * @param expected a root from an auditor's mail or the public page, hexadecimal: proves the anchors themselves.
 */
export async function verifyAnchors(knex: Knex, expected?: string, now = new Date()): Promise<Verified> {
  const anchors = (await knex('anchor').orderBy('number')).map(anchorOf);
  const findings = expected === undefined ? [] : expectedFinding(anchors, expected);
  if (anchors.length === 0) return { files: 0, events: 0, findings };
  const since = new Date(now);
  since.setMonth(since.getMonth() - logKeptMonths);
  findings.push(
    ...(await rootFindings(knex, anchors)),
    ...(await fileFindings(knex, 'case')),
    ...(await fileFindings(knex, 'record')),
    ...(await ruleFindings(knex, anchors)),
    ...(await personFindings(knex, anchors, since)),
    ...(await accessLogFindings(knex, anchors, since)),
  );
  return { files: anchors.length, events: anchors.at(-1)!.size, findings };
}
