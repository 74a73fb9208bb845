import type { Knex } from 'knex';
import { foldRecord, type RecordState } from '../../rules/records/file.ts';
import { recordRow, useRows } from '../../rules/records/rows.ts';
import { canonicalJson } from '../canonical.ts';
import type { ChainSettings } from '../chain.ts';
import { groupedBy } from '../grouped.ts';
import { mended } from '../mended.ts';
import { chainFault, differences, type Finding, type Verified } from '../proof.ts';
import { recordEventOf, type RecordEventRow } from './events.ts';
import { addPublishedSubjects, holdSubjects, renewPublishedSubject } from './published.ts';
import { replaceUseRows, updateRecordRows } from './write.ts';

interface FileRow {
  id: string;
  document_no: string;
  head_seq: number;
  head_hash: Buffer;
  state: RecordState;
  subject_frozen: boolean;
  /** Whether everybody's search has the terms of the subject; null when it has none of them. */
  findable: boolean | null;
  [column: string]: unknown;
}

interface UseRow {
  record_id: string;
  [column: string]: unknown;
}

const eventsOf = (rows: readonly RecordEventRow[]) => rows.map(recordEventOf).map(({ seq, at, actor, what }) => ({ seq, at, actor: mended(actor), what: mended(what) }));

/** A subject of which a record was ever published is found by everybody; that others are too would do no harm, as they show nothing. */
function searchFaults({ publishedAt, facts: { subject } }: RecordState, { findable }: FileRow): ReturnType<typeof differences> {
  if (publishedAt === null || subject.kind !== 'organisation') return [];
  return differences('published_subject', ['subject_id'], [{ subject_id: subject.id, search: true }], findable === null ? [] : [{ subject_id: subject.id, search: findable }]);
}

/** Everything that is wrong with one record. */
function verifyFile(settings: ChainSettings, file: FileRow, events: readonly RecordEventRow[], uses: readonly UseRow[]): Finding[] {
  const about = { file: 'record', id: file.id, number: file.document_no } as const;
  const broken = chainFault(settings, file, events.map((row) => ({ event: recordEventOf(row), previousHash: row.previous_hash, hash: row.hash })));
  const findings: Finding[] = broken ? [{ ...about, ...broken }] : [];
  let state: RecordState;
  try {
    state = foldRecord(file.id, eventsOf(events));
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    return [...findings, { ...about, kind: 'fold', seq: null, detail, said: { key: 'fold', params: { detail } } }];
  }
  if (canonicalJson(state) !== canonicalJson(file.state)) {
    findings.push({ ...about, kind: 'state', seq: null, detail: 'record: column state', said: { key: 'recordState' } });
  }
  const rows = [
    ...differences('record', ['id'], [{ ...recordRow(state), frozen: file.subject_frozen }], [file]),
    ...differences('record_use', ['record_id', 'unit'], useRows(state), uses),
    ...searchFaults(state, file),
  ];
  return [...findings, ...rows.map((difference): Finding => ({ ...about, kind: 'row', seq: null, ...difference }))];
}

const chunk = 200;

async function verifySome(knex: Knex, settings: ChainSettings, files: readonly FileRow[]): Promise<{ events: number; findings: Finding[] }> {
  const ids = files.map(({ id }) => id);
  const [events, uses]: [RecordEventRow[], UseRow[]] = await Promise.all([
    knex('record_event').whereIn('record_id', ids).orderBy(['record_id', 'seq']),
    knex('record_use').whereIn('record_id', ids),
  ]);
  const byRecord = groupedBy(events, ({ record_id: id }) => id);
  const usesOf = groupedBy(uses, ({ record_id: id }) => id);
  return { events: events.length, findings: files.flatMap((file) => verifyFile(settings, file, byRecord.get(file.id) ?? [], usesOf.get(file.id) ?? [])) };
}

const filesOf = (knex: Knex): Knex.QueryBuilder =>
  knex('record as r').join('subject as s', 's.id', 'r.subject_id').leftJoin('published_subject as p', 'p.subject_id', 'r.subject_id')
    .select('r.*', 's.frozen as subject_frozen', knex.raw('p.search = s.search as findable'), knex.raw('tsvector_to_array(r.search) as search'));

/** One record by its id; undefined when there is none. */
export async function verifyRecord(knex: Knex, settings: ChainSettings, id: string): Promise<Finding[] | undefined> {
  const files = (await filesOf(knex).where('r.id', id)) as FileRow[];
  return files.length === 0 ? undefined : (await verifySome(knex, settings, files)).findings;
}

/** All records, some at a time, so that memory stays the same however many there are. */
export async function* verifyRecords(knex: Knex, settings: ChainSettings): AsyncGenerator<Verified> {
  let after: string | null = null;
  let count = 0;
  let events = 0;
  for (;;) {
    const query = filesOf(knex).orderBy('r.id').limit(chunk);
    const files = (await (after === null ? query : query.where('r.id', '>', after))) as FileRow[];
    if (files.length === 0) break;
    const some = await verifySome(knex, settings, files);
    count += files.length;
    events += some.events;
    after = files.at(-1)!.id;
    yield { files: count, events, findings: some.findings };
  }
  const orphans: { record_id: string }[] = await knex('record_event as e')
    .whereNotExists(knex('record as r').whereRaw('r.id = e.record_id'))
    .distinct('e.record_id');
  yield {
    files: count,
    events,
    findings: orphans.map(({ record_id: id }) => ({ file: 'record', id, number: '', kind: 'noFile', seq: null, detail: `events of ${id} have no row in record`, said: { key: 'noRecord' } })),
  };
}

/** Writes the rows of a record anew from its events; what they were is gone. The events are not touched. */
export async function rebuildRecord(knex: Knex, id: string): Promise<void> {
  await knex.transaction(async (trx) => {
    await holdSubjects(trx, await trx('record').where({ id }).pluck('subject_id'));
    await trx('record').where({ id }).forUpdate().first('id');
    const rows = await trx<RecordEventRow>('record_event').where({ record_id: id }).orderBy('seq');
    const state = foldRecord(id, eventsOf(rows));
    await updateRecordRows(trx, [{ state, headHash: rows.at(-1)!.hash, events: [] }]);
    await replaceUseRows(trx, [state]);
    await addPublishedSubjects(trx, [state]);
    await renewPublishedSubject(trx, state.facts.subject.id);
  });
}
