import { readFields } from '../../../platform/http/forms.ts';
import { dayOf } from '../../../platform/sheets/days.ts';
import type { CellFault, SheetRow } from '../../../platform/sheets/fault.ts';
import { plainWord } from '../../../platform/sheets/header.ts';
import { everyName, type Unit } from '../../../platform/units.ts';
import type { CivilDate } from '../../../rules/casefile/types.ts';
import { recordSchema, type Entered } from '../enter/forms.ts';
import { courtsAmong } from '../parts.ts';
import { amountsSaid, evidenceOf, placesOf, yuanOf, type AmountEvidence } from './amounts.ts';
import { amountColumns, numberColumns, unreadColumns, type AmountColumn, type AmountUnit, type Column, type Table } from './columns.ts';
import { rowFault, type RowFault } from './faults.ts';
import { readSubject, type SubjectCells } from './subject.ts';
import type { Words } from './words.ts';

/** What the person decided for a whole file. */
export interface Answers {
  /** For rows that do not name one; null where the file has the column and nothing else was asked. */
  readonly domain: string | null;
  /** Null while it was not asked: then the table is of 万元, unless its names of columns say otherwise. */
  readonly amountUnit: AmountUnit | null;
  /** Why firms that the city knows under another name are renamed; null where such rows are reported. */
  readonly renamed: string | null;
  /** Whether rows that correct a record are taken. */
  readonly corrects: boolean;
}

/** What rows of a file are read with. */
export interface RowReading {
  readonly table: Table;
  readonly answers: Answers;
  readonly unit: Pick<Unit, 'id' | 'kind' | 'name' | 'shortName' | 'nameEn' | 'former'>;
  readonly words: Words;
  readonly today: CivilDate;
  /** As 万元, an amount that reaches so many yuan is implausible: the rule `record.import.implausible`. */
  readonly implausible: number;
}

export interface ReadRow {
  readonly number: number;
  /** Null where anything is wrong. */
  readonly entered: Entered | null;
  readonly faults: readonly RowFault[];
  /** What the amounts tell about their unit. */
  readonly evidence: readonly AmountEvidence[];
  /** Hidden in the file. */
  readonly hidden: boolean;
  /** The words of the decision beside them. */
  readonly decision: string;
}

/** What systems write where there is nothing. */
const NOTHING = /^(?:[/\\\-—–－]+|无|空|null|none|n\/a)$/i;
const present = (cell: string): string => (NOTHING.test(cell) ? '' : cell);
const oneLine = (cell: string): string => cell.replace(/\s*\n\s*/g, ' ');
/** A table has this day where there is no end. */
const NEVER = '2099-12-31';

const organisationCodes = ['registrationNo', 'orgCode', 'taxNo', 'institutionNo', 'associationNo'] as const satisfies readonly Column[];

/** The column in which a field of the schema stands. */
const columnsOfFields: Readonly<Record<string, Column>> = {
  subjectName: 'subjectName', documentNo: 'documentNo', decidedOn: 'decidedOn', publishedOn: 'publishedOn', domain: 'domain', penaltyKinds: 'penaltyKinds', fine: 'fine',
  confiscated: 'confiscated', legalBasis: 'legalBasis', act: 'act', decision: 'decision', kind: 'kind', difference: 'difference', reason: 'reason',
};

/** An amount that the table has no column for, as in those before 2018, is what the decision says, if it says one. */
function amountOf(of: AmountColumn, cell: string, hasColumn: boolean, decision: string, unit: AmountUnit): string | null {
  if (hasColumn) return yuanOf(cell, unit);
  const said = amountsSaid(of, decision);
  return said.length === 1 ? String(said[0]) : '';
}

/** Reads rows of one file by the schema that forms and machines have too; nothing is asked of the database. */
export function createRowReader({ table, answers, unit, words, today, implausible }: RowReading): (row: SheetRow) => ReadRow {
  const schema = recordSchema({ today, units: [unit.id], courts: courtsAmong([unit.id], [unit]) });
  const { places } = table;
  const columnAt = new Map([...places].map(([column, place]) => [place, column]));
  // A table that names yuan is of yuan; one of 万元 may prove not to be.
  const unitOf = (column: AmountColumn): AmountUnit => (table.units[column] === 'yuan' ? 'yuan' : (answers.amountUnit ?? 'tenThousand'));
  const isSettled = (column: AmountColumn): boolean => answers.amountUnit !== null || table.units[column] === 'yuan';
  const ownNames = everyName(unit).map(plainWord);
  const ownFullNames = [unit, ...(unit.former ?? [])].map(({ name }) => plainWord(name));
  // A branch of the unit decides in its name, which may be one that it had before; a file names few authorities.
  const isOwn = new Map<string, boolean>([['', true]]);
  const decidedHere = (authority: string): boolean => {
    const known = isOwn.get(authority) ?? (ownNames.includes(plainWord(authority)) || ownFullNames.some((name) => plainWord(authority).startsWith(name)));
    isOwn.set(authority, known);
    return known;
  };

  /** What can't be taken for the value of its cell, in columns where it matters. */
  function cellFaults(row: SheetRow): RowFault[] {
    return row.faults.flatMap(({ column: place, kind, text }: CellFault) => {
      const column = columnAt.get(place);
      if (column === undefined || (unreadColumns.has(column) && !(kind === 'cut' && numberColumns.has(column)))) return [];
      return [rowFault(column, `files:cellFault.${kind}`, { value: text })];
    });
  }

  /** What a row says of who may use it and whether it is in force. */
  function scopeOf(cell: (column: Column) => string): { insideOnly: boolean; faults: RowFault[] } {
    const [scope, status] = [cell('useScope'), cell('status')];
    const [use, state] = [words.useScope(scope), words.status(status)];
    const faults = [
      ...(scope !== '' && use === null ? [rowFault('useScope', 'imports:fault.unknownWord', { value: scope })] : []),
      ...(status !== '' && state === null ? [rowFault('status', 'imports:fault.unknownWord', { value: status })] : []),
      ...(state === 'revoked' ? [rowFault('status', 'imports:fault.revoked')] : []),
      ...(state === 'disputed' || state === 'otherStatus' ? [rowFault('status', 'imports:fault.notInForce', { value: status })] : []),
    ];
    return { insideOnly: use === 'inside', faults };
  }

  function subjectCells(cell: (column: Column) => string): SubjectCells {
    const others = organisationCodes.map((column) => [column, cell(column)] as const).filter(([, code]) => code !== '');
    return { said: words.subject(cell('subjectKind')), uscc: cell('uscc'), idKind: cell('idKind'), idNumber: cell('idNumber'), others: Object.fromEntries(others) };
  }

  return (row) => {
    const raw = (column: Column): string => row.cells[places.get(column) ?? -1] ?? '';
    const cell = (column: Column): string => present(raw(column));
    const faults: RowFault[] = cellFaults(row);

    const subject = readSubject(subjectCells(cell), today);
    if (cell('subjectKind') !== '' && words.subject(cell('subjectKind')) === null) faults.push(rowFault('subjectKind', 'imports:fault.unknownWord', { value: cell('subjectKind') }));
    faults.push(...subject.faults);
    const codeColumn = subject.kind === 'person' ? 'idNumber' : 'uscc';
    const scope = scopeOf(cell);
    faults.push(...scope.faults);

    const permit = cell('permit');
    const decision = cell('decision') + (permit === '' || cell('decision').includes(permit) ? '' : `\n${permit}`);
    const { kinds, unknown } = words.penaltyKinds([cell('penaltyKinds'), cell('moreKinds')].join(';'), `${permit}${decision}`);
    if (unknown.length > 0) faults.push(rowFault('penaltyKinds', 'imports:fault.unknownKind', { value: unknown.join('；') }));

    const amounts = { fine: '', confiscated: '' };
    for (const column of amountColumns) {
      const amountUnit = unitOf(column);
      const amount = amountOf(column, cell(column), places.has(column), decision, amountUnit);
      if (amount === null) faults.push(rowFault(column, `imports:fault.amount.${amountUnit}`, { value: cell(column), places: placesOf[amountUnit] }));
      else amounts[column] = amount === '0' ? '' : amount;
    }
    const evidence = places.has('fine') || places.has('confiscated') ? evidenceOf({ fine: cell('fine'), confiscated: cell('confiscated'), decision }, implausible) : [];
    // While nothing was answered this is the question; then it is the row that is wrong.
    for (const { of, speaksFor } of evidence.filter((one) => isSettled(one.of))) {
      if (speaksFor !== 'implausible' && speaksFor !== unitOf(of)) faults.push(rowFault(of, 'imports:fault.amountDiffers', { yuan: amounts[of], said: amountsSaid(of, decision).join('；') }));
    }

    const ticks = { summaryProcedure: false, performed: false };
    for (const column of ['summaryProcedure', 'performed'] as const) {
      const answer = cell(column) === '' ? false : words.yes(cell(column));
      if (answer === null) faults.push(rowFault(column, 'imports:fault.unknownWord', { value: cell(column) }));
      else ticks[column] = answer;
    }
    if (!decidedHere(cell('authority'))) faults.push(rowFault('authority', 'imports:fault.otherUnit', { value: cell('authority'), unit: unit.name }));

    if (cell('difference') !== '' && cell('reason') === '') faults.push(rowFault('reason', 'common:form.required'));

    const publishedOn = dayOf(cell('publishedOn'));
    const read = readFields(schema, {
      kind: cell('kind') === '' ? 'penalty' : words.kind(cell('kind')),
      subjectKind: subject.kind,
      subjectName: oneLine(raw('subjectName')),
      subjectCode: subject.code,
      documentNo: oneLine(cell('documentNo')),
      decidedOn: dayOf(cell('decidedOn')),
      publishedOn: publishedOn === NEVER ? '' : publishedOn,
      domain: cell('domain') === '' ? (answers.domain ?? '') : words.domain(cell('domain')),
      penaltyKinds: kinds,
      ...amounts,
      ...(ticks.summaryProcedure ? { summaryProcedure: '1' } : {}),
      ...(ticks.performed ? { performed: '1' } : {}),
      legalBasis: oneLine(cell('legalBasis')),
      act: [cell('act'), cell('conduct'), cell('caseName')].find((text) => text !== '') ?? '',
      decision,
      difference: cell('difference') === '' ? '' : words.difference(cell('difference')),
      reason: cell('reason'),
    });
    const own = new Set(faults.map(({ column }) => column));
    for (const { field, key, params } of read.ok ? [] : read.faults) {
      const column = field === 'subjectCode' ? codeColumn : (columnsOfFields[field] ?? null);
      if (!own.has(column)) faults.push(rowFault(column, key, params));
    }
    return {
      number: row.number, hidden: row.hidden === true, faults, decision, evidence: evidence.filter(({ of }) => !isSettled(of)),
      entered: read.ok && faults.length === 0 ? scoped(renamedBy(read.data, answers), scope.insideOnly) : null,
    };
  };
}

const scoped = (entered: Entered, insideOnly: boolean): Entered => (insideOnly ? { ...entered, facts: { ...entered.facts, insideOnly } } : entered);

/** With the answer that a code's other name is a new one, where the row itself has none. */
function renamedBy(entered: Entered, { renamed }: Answers): Entered {
  const { subject } = entered;
  if (renamed === null || subject.kind === 'person' || (subject.difference ?? null) !== null) return entered;
  return { ...entered, subject: { ...subject, difference: 'renamed' } };
}
