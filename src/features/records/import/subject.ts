import { checkCode, cleanCode } from '../../../rules/codes/index.ts';
import type { Column } from './columns.ts';
import { rowFault, type RowFault } from './faults.ts';
import type { SubjectWord } from './words.ts';

/** What a row says of its subject. Cells that say that there is nothing are empty. */
export interface SubjectCells {
  /** Null where the row does not say it. */
  readonly said: SubjectWord | null;
  readonly uscc: string;
  readonly idKind: string;
  readonly idNumber: string;
  /** Codes that organisations alone have, by their columns. */
  readonly others: Readonly<Partial<Record<Column, string>>>;
}

export interface SubjectRead {
  readonly kind: 'organisation' | 'person';
  readonly code: string;
  readonly faults: readonly RowFault[];
}

/** Stands where a unit or sole trader has no unified code: it names nobody. */
const PLACEHOLDER = '00000000000000000X';
const RESIDENT_ID = /身份证|公民身份|resident/i;
const MASKED = /[*＊×]/;

const isResidentId = (code: string, today: string): boolean => {
  const check = checkCode(code, today);
  return check.kind === 'residentId' && check.verdict === 'ok';
};

function personOf({ uscc, idKind, idNumber, others }: SubjectCells, today: string): RowFault[] {
  const faults: RowFault[] = [];
  if (uscc !== '') faults.push(rowFault('uscc', isResidentId(uscc, today) ? 'imports:fault.idInWrongColumn' : 'imports:fault.personWithUscc'));
  for (const column of Object.keys(others) as Column[]) faults.push(rowFault(column, 'imports:fault.personWithOrgCode'));
  if (idKind !== '' && !RESIDENT_ID.test(idKind)) faults.push(rowFault('idKind', 'imports:fault.idKind', { value: idKind }));
  if (MASKED.test(idNumber)) faults.push(rowFault('idNumber', 'imports:fault.maskedNumber'));
  else if (checkCode(idNumber, today).kind === 'uscc') faults.push(rowFault('idNumber', 'imports:fault.personWithUscc'));
  return faults;
}

function organisationOf({ said, uscc, idNumber, others }: SubjectCells, today: string): RowFault[] {
  const faults: RowFault[] = [];
  if (cleanCode(uscc) === PLACEHOLDER) faults.push(rowFault('uscc', 'imports:fault.placeholder'));
  else if (isResidentId(uscc, today)) faults.push(rowFault('uscc', 'imports:fault.organisationWithId'));
  else if (uscc === '' && others.orgCode !== undefined) faults.push(rowFault('uscc', 'imports:fault.orgCodeOnly'));
  // Of a sole trader the owner's number may stand there; it is not read.
  if (idNumber !== '' && said !== 'trader') faults.push(rowFault('idNumber', 'imports:fault.organisationWithId'));
  return faults;
}

/**
 * Who a row is about: of a natural person the columns of organisation codes must be empty and his number filled in, and
 * the other way round. Where the row does not say what it is about, the one code that is there does.
 */
export function readSubject(cells: SubjectCells, today: string): SubjectRead {
  const { said, uscc, idNumber } = cells;
  if (said === null && uscc !== '' && idNumber !== '') return { kind: 'organisation', code: uscc, faults: [rowFault('subjectKind', 'imports:fault.bothCodes')] };
  const isPerson = said === 'person' || (said === null && uscc === '' && idNumber !== '');
  return isPerson
    ? { kind: 'person', code: idNumber, faults: personOf(cells, today) }
    : { kind: 'organisation', code: uscc, faults: organisationOf(cells, today) };
}
