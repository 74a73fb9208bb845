import type { Knex } from 'knex';
import { commandIdFor } from '../../../platform/casefile/acting.ts';
import { changeRecords, storeRecords, type NewRecord, type Stored, type Writing } from '../../../platform/records/append.ts';
import { subjectOn, subjectsNamed, type FoundSubject } from '../../../platform/records/subjects.ts';
import type { Seal } from '../../../platform/seal.ts';
import type { RecordChange } from '../../../rules/records/changes.ts';
import type { RecordFacts, RecordSubject } from '../../../rules/records/facts.ts';
import type { Entered } from '../enter/forms.ts';
import { correctionOf } from '../enter/register.ts';
import type { Table } from './columns.ts';
import { rowFault, type RowFault } from './faults.ts';
import { nothingYet, noteRows, notedRows, type RecordImport, type Result } from './imports.ts';
import { asCorrection, isSame } from './known.ts';
import type { ReadRow } from './row.ts';

export interface StoreParts {
  readonly seal: Seal;
  readonly writing: Writing;
  readonly table: Table;
  /** Why a record is corrected, as its file says. */
  readonly reason: string;
}

type GoodRow = ReadRow & { readonly entered: Entered };

/** The same row of the same import is the same record, however often it is tried. */
const recordId = (importId: string, row: number): string => commandIdFor(`record-import:${importId}`, String(row));

/** The subjects of these rows, those that are renamed or told apart each with the reason for it. */
async function findSubjects(trx: Knex.Transaction, rows: readonly GoodRow[], { answers }: RecordImport, { seal, writing, reason }: StoreParts): Promise<Map<number, FoundSubject>> {
  const reasons = new Map<string, GoodRow[]>();
  for (const row of rows) {
    const why = row.entered.reason ?? answers.renamed ?? reason;
    const of = reasons.get(why);
    if (of) of.push(row);
    else reasons.set(why, [row]);
  }
  const found = new Map<number, FoundSubject>();
  for (const [why, of] of reasons) {
    const answersOf = await subjectsNamed(trx, seal, of.map(({ entered }) => entered.subject), { person: writing.actor?.person ?? null, reason: why });
    for (const [n, { number }] of of.entries()) found.set(number, answersOf[n]!);
  }
  return found;
}

type Fate = keyof Result | readonly RowFault[];

/** What became of a row whose document is known; a correction is added to `changes`. */
function fateOf({ outcome, state }: Stored, { facts, names = [] }: NewRecord, isNoted: boolean, { answers }: RecordImport, { writing, table, reason }: StoreParts, changes: RecordChange[]): Fate {
  if (outcome !== 'other') return outcome;
  const after = asCorrection(facts, state, table);
  if (isSame(after, state)) return 'same';
  if (!isNoted) return [rowFault('documentNo', 'imports:fault.meanwhile')];
  if (!answers.corrects) return 'leftOut';
  if (state.status === 'withdrawn') return [rowFault('documentNo', 'records:correct.withdrawn')];
  changes.push(...correctionOf(state, after, reason, { writing, names }).map((draft) => ({ record: state.id, draft })));
  return 'corrected';
}

/**
 * Stores the good ones of these rows: new records, and corrections that the person saw and confirmed. What went on since
 * the check is not overwritten: such a row is noted as bad.
 */
export async function storeRows(trx: Knex.Transaction, rows: readonly ReadRow[], of: RecordImport, parts: StoreParts): Promise<Result> {
  const [from, to] = [rows[0]?.number ?? 0, rows.at(-1)?.number ?? 0];
  const noted = new Map((await notedRows(trx, of.id, { from: from - 1, to })).map((note) => [note.row, note]));
  const result: Record<keyof Result, number> = { ...nothingYet };
  const refused: { row: number; faults: readonly RowFault[] }[] = [];
  const settle = (row: number, fate: Fate): void => {
    if (typeof fate === 'string') {
      result[fate] += 1;
      return;
    }
    result.bad += 1;
    refused.push({ row, faults: fate });
  };

  const good: GoodRow[] = [];
  for (const row of rows) {
    const { entered } = row;
    if (noted.get(row.number)?.outcome === 'bad') result.bad += 1;
    else if (entered === null) settle(row.number, row.faults);
    else good.push({ ...row, entered });
  }

  const subjects = await findSubjects(trx, good, of, parts);
  const news: (NewRecord & { readonly row: number })[] = [];
  for (const { number, entered } of good) {
    const found = subjects.get(number)!;
    if ('otherName' in found) settle(number, [rowFault('subjectName', 'imports:fault.otherName', { name: found.otherName.name })]);
    else news.push({ row: number, id: recordId(of.id, number), facts: withSubject(entered, found.subject), source: 'spreadsheet', names: namesOf(entered) });
  }
  const changes: RecordChange[] = [];
  const stored = await storeRecords(trx, news, parts.writing);
  for (const [n, one] of news.entries()) settle(one.row, fateOf(stored[n]!, one, noted.get(one.row)?.outcome === 'correction', of, parts, changes));
  if (changes.length > 0) await changeRecords(trx, { ...parts.writing, key: `corrected:${of.id}`, changes });
  await noteRows(trx, of.id, refused.map(({ row, faults }) => ({ row, outcome: 'bad', record: null, what: faults })));
  return result;
}

const withSubject = ({ facts, subject: named }: Entered, subject: RecordSubject): RecordFacts => ({ ...facts, subject: subjectOn(subject, named, facts.decidedOn) });
const namesOf = ({ subject }: Entered): string[] => (subject.kind === 'person' ? [subject.name] : []);
