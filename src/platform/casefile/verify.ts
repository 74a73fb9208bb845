import type { Knex } from 'knex';
import { fold } from '../../rules/casefile/fold.ts';
import { caseFileRow } from '../../rules/casefile/rows.ts';
import type { CaseState } from '../../rules/casefile/types.ts';
import { canonicalJson } from '../canonical.ts';
import type { ChainSettings } from '../chain.ts';
import { compareCounts } from '../counts.ts';
import { chainFault, differences, type Finding, type Verified } from '../proof.ts';
import { eventOf, plainEvent, type EventRow } from './events.ts';
import { projectionsOf, written } from './project.ts';

interface FileRow {
  id: string;
  case_no: string;
  head_seq: number;
  head_hash: Buffer;
  state: CaseState;
  [column: string]: unknown;
}

/** Everything that is wrong with one case. */
async function verifyFile(knex: Knex, settings: ChainSettings, file: FileRow, events: readonly EventRow[]): Promise<Finding[]> {
  const about = { file: 'case', id: file.id, number: file.case_no } as const;
  const broken = chainFault(settings, file, events.map((row) => ({ event: eventOf(row), previousHash: row.previous_hash, hash: row.hash })));
  const findings: Finding[] = broken ? [{ ...about, ...broken }] : [];
  let state: CaseState;
  try {
    state = fold(file.id, events.map((row) => plainEvent(eventOf(row))));
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    return [...findings, { ...about, kind: 'fold', seq: null, detail, said: { key: 'fold', params: { detail } } }];
  }
  if (canonicalJson(state) !== canonicalJson(file.state)) findings.push({ ...about, kind: 'state', seq: null, detail: 'case_file: column state', said: { key: 'state' } });
  const { state: _state, ...own } = caseFileRow(state);
  findings.push(...differences('case_file', ['id'], [own], [file]).map((difference): Finding => ({ ...about, kind: 'row', seq: null, ...difference })));
  for (const { table, keys, rows } of projectionsOf(state)) {
    const search = rows.some((row) => 'search' in row) ? [knex.raw('tsvector_to_array(search) as search')] : [];
    const found: Record<string, unknown>[] = await knex(table).where({ case_id: file.id }).select('*', ...search);
    findings.push(...differences(table, keys, rows, found).map((difference): Finding => ({ ...about, kind: 'row', seq: null, ...difference })));
  }
  return findings;
}

/** One case by its number; undefined when there is none. */
export async function verifyCase(knex: Knex, settings: ChainSettings, caseNo: string): Promise<Finding[] | undefined> {
  const file: FileRow | undefined = await knex<FileRow>('case_file').where({ case_no: caseNo }).first();
  if (!file) return undefined;
  const events = await knex<EventRow>('case_event').where({ case_id: file.id }).orderBy('seq');
  return verifyFile(knex, settings, file, events);
}

const chunk = 50;

/** All cases, some at a time, so that memory stays the same however many there are; at last the counts that were kept of them. */
export async function* verifyAll(knex: Knex, settings: ChainSettings): AsyncGenerator<Verified> {
  let after: string | null = null;
  let cases = 0;
  let count = 0;
  for (;;) {
    const query = knex<FileRow>('case_file').orderBy('id').limit(chunk);
    const files: FileRow[] = await (after === null ? query : query.where('id', '>', after));
    if (files.length === 0) break;
    const events: EventRow[] = await knex<EventRow>('case_event').whereIn('case_id', files.map((file) => file.id)).orderBy(['case_id', 'seq']);
    const findings: Finding[] = [];
    for (const file of files) findings.push(...(await verifyFile(knex, settings, file, events.filter((event) => event.case_id === file.id))));
    cases += files.length;
    count += events.length;
    after = files.at(-1)!.id;
    yield { files: cases, events: count, findings };
  }
  const orphans: { case_id: string }[] = await knex('case_event as e')
    .whereNotExists(knex('case_file as f').whereRaw('f.id = e.case_id'))
    .distinct('e.case_id');
  const miscounted = (await compareCounts(knex)).map(({ list, key, bucket, kept, counted }): Finding => {
    const params = { list, key: key.join(' '), bucket, kept, counted };
    return { file: 'case', id: '', number: '', kind: 'count', seq: null, detail: `kept_count: ${list} of ${params.key} until ${bucket} is ${kept}, its rows are ${counted}`, said: { key: 'count', params } };
  });
  yield {
    files: cases,
    events: count,
    findings: [...miscounted, ...orphans.map(({ case_id: caseId }): Finding => ({ file: 'case', id: caseId, number: '', kind: 'noFile', seq: null, detail: `events of ${caseId} have no row in case_file`, said: { key: 'noFile' } }))],
  };
}

/** Writes the projections of a case anew from its events; what they were is gone. The events are not touched. */
export async function rebuildCase(knex: Knex, caseId: string): Promise<void> {
  await knex.transaction(async (trx) => {
    await trx('case_file').where({ id: caseId }).forUpdate().first('id');
    const events = await trx<EventRow>('case_event').where({ case_id: caseId }).orderBy('seq');
    const state = fold(caseId, events.map((row) => plainEvent(eventOf(row))));
    const row = { ...caseFileRow(state), head_seq: state.seq, head_hash: events.at(-1)!.hash };
    await trx('case_file').insert(row).onConflict('id').merge();
    for (const { table, rows } of projectionsOf(state)) {
      await trx(table).where({ case_id: caseId }).delete();
      if (rows.length > 0) await trx(table).insert(rows.map((one) => written(trx, one)));
    }
  });
}
