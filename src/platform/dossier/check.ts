import { createHash } from 'node:crypto';
import { openPromise, type Entry, type ZipFile } from 'yauzl';
import { leafBytes } from '../anchor/leaves.ts';
import { rootByWay } from '../anchor/tree.ts';
import { parts } from './pack.ts';
import { dossierProof, type DossierProof } from './proof.ts';

/** What is wrong with a case file that was handed out: a key of `chain:dossier.fault` and what stands in it. */
export interface DossierFault {
  readonly key: 'noArchive' | 'noProof' | 'part' | 'events' | 'digest' | 'way' | 'otherRoot' | 'since' | 'file' | 'unnamed' | 'surplus' | 'notAnchored';
  readonly params: Readonly<Record<string, string | number>>;
}

export interface DossierCheck {
  /** Null where there is no readable proof in it. */
  readonly proof: DossierProof | null;
  readonly faults: readonly DossierFault[];
}

const fault = (key: DossierFault['key'], params: DossierFault['params'] = {}): DossierFault => ({ key, params });

/** A page, a proof and the events of one case are no larger. */
const mostText = 256 * 1024 ** 2;

async function textOf(zip: ZipFile, entry: Entry): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let read = 0;
  for await (const piece of (await zip.openReadStreamPromise(entry)) as AsyncIterable<Buffer>) {
    read += piece.length;
    if (read > mostText) throw new Error(`${entry.fileName} is too large`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

async function hashOf(zip: ZipFile, entry: Entry): Promise<string> {
  const digest = createHash('sha256');
  for await (const piece of (await zip.openReadStreamPromise(entry)) as AsyncIterable<Buffer>) digest.update(piece);
  return digest.digest('hex');
}

/** Numbers of the events in lines, or null where a line is none. */
function numbersIn(lines: string): number[] | null {
  const numbers: number[] = [];
  for (const line of lines.split('\n').slice(0, -1)) {
    try {
      const { seq } = JSON.parse(line) as { seq?: unknown };
      if (typeof seq !== 'number') return null;
      numbers.push(seq);
    } catch {
      return null;
    }
  }
  return numbers;
}

const runsFrom = (numbers: readonly number[] | null, first: number, count: number): boolean =>
  numbers !== null && numbers.length === count && numbers.every((seq, n) => seq === first + n);

/** The events by themselves, and how they lead to the root. */
function eventFaults({ anchor, case: { id }, events, since }: DossierProof, anchored: Buffer, later: Buffer | null, root: string | null): DossierFault[] {
  const faults: DossierFault[] = [];
  if (!runsFrom(numbersIn(anchored.toString('utf8')), 1, events)) faults.push(fault('events', { part: parts.events, entries: events }));
  if (since > 0 && !(later && runsFrom(numbersIn(later.toString('utf8')), events + 1, since))) faults.push(fault('events', { part: parts.since, entries: since }));
  if (!anchor) return [...faults, fault('notAnchored')];
  const { leaf, hash, way } = anchor;
  const digest = createHash(hash).update(anchored).digest();
  if (leaf.id !== id || leaf.seq !== events || digest.toString('hex') !== leaf.digest) faults.push(fault('digest', { part: parts.events }));
  const led = rootByWay(hash, leafBytes({ ...leaf, digest }), way.map((step) => ({ side: step.side, hash: Buffer.from(step.hash, 'hex') }))).toString('hex');
  if (led !== anchor.root) faults.push(fault('way', { day: anchor.day }));
  if (root !== null && led !== root) faults.push(fault('otherRoot', { root }));
  return faults;
}

async function fileFaults(zip: ZipFile, entries: ReadonlyMap<string, Entry>, { files, since }: DossierProof, events: string): Promise<DossierFault[]> {
  const faults: DossierFault[] = [];
  for (const { path, name, sha256 } of files) {
    const entry = entries.get(path);
    if (!entry) faults.push(fault('part', { part: path }));
    else if ((await hashOf(zip, entry)) !== sha256) faults.push(fault('file', { name }));
    if (!events.includes(`"hash":"${sha256}"`)) faults.push(fault('unnamed', { name }));
  }
  const known = new Set<string>([parts.page, parts.proof, parts.events, ...(since > 0 ? [parts.since] : []), ...files.map(({ path }) => path)]);
  return [...faults, ...[...entries.keys()].filter((path) => !known.has(path)).map((part) => fault('surplus', { part }))];
}

/**
 * Proves a case file that was handed out, with nothing but the archive and a root: its events follow one another, their
 * hash leads to the root, and its files are those that the events name.
 * @param root the day's root from an auditor's mail or the public page, hexadecimal; null compares with that in the archive alone.
 */
export async function checkDossier(path: string, root: string | null): Promise<DossierCheck> {
  const zip = await openPromise(path, { lazyEntries: true, autoClose: false }).catch(() => null);
  if (!zip) return { proof: null, faults: [fault('noArchive')] };
  try {
    const entries = new Map<string, Entry>();
    for await (const entry of zip.eachEntry()) entries.set(entry.fileName, entry);
    const part = (name: string): Promise<Buffer> | null => {
      const entry = entries.get(name);
      return entry ? textOf(zip, entry) : null;
    };
    const read = dossierProof.safeParse(JSON.parse((await part(parts.proof))?.toString('utf8') ?? 'null'));
    const events = await part(parts.events);
    if (!read.success || !events) return { proof: null, faults: [fault('noProof')] };
    const since = await part(parts.since);
    const faults = [
      ...(entries.has(parts.page) ? [] : [fault('part', { part: parts.page })]),
      ...eventFaults(read.data, events, since, root === null ? null : root.toLowerCase()),
      ...(await fileFaults(zip, entries, read.data, `${events.toString('utf8')}${since?.toString('utf8') ?? ''}`)),
    ];
    return { proof: read.data, faults };
  } catch {
    return { proof: null, faults: [fault('noProof')] };
  } finally {
    zip.close();
  }
}
