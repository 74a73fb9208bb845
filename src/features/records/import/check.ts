import { createHash } from 'node:crypto';
import type { Knex } from 'knex';
import type { Law } from '../../../platform/law.ts';
import { publishesAtOnce } from '../../../platform/records/append.ts';
import { subjectsKnown } from '../../../platform/records/known.ts';
import { sameName, type FoundSubject } from '../../../platform/records/subjects.ts';
import type { Seal } from '../../../platform/seal.ts';
import { NoRuleValid } from '../../../rules/limits/index.ts';
import { maskText } from '../../../rules/masking/index.ts';
import type { RecordFacts } from '../../../rules/records/facts.ts';
import { documentKey } from '../../../rules/text/alike.ts';
import { publicityOf, type Publicity } from '../../../rules/records/publicity.ts';
import type { Entered } from '../enter/forms.ts';
import type { Tab } from '../../../platform/sheets/fault.ts';
import type { Table } from './columns.ts';
import { rowFault, type RowFault } from './faults.ts';
import type { FaultGroup, Found, FoundReading, NotedRow, Question } from './imports.ts';
import { asCorrection, changesOf, holdersOf, isSame } from './known.ts';
import type { ReadRow } from './row.ts';

/** Rows and examples shown of one kind of fault, and of the amounts. */
const mostNamed = 10;
const longestExcerpt = 80;

export interface CheckParts {
  readonly knex: Knex;
  readonly seal: Seal;
  readonly law: Law;
  readonly table: Table;
  readonly tabs: readonly Tab[];
  readonly today: string;
}

type GoodRow = ReadRow & { readonly entered: Entered };
const isGood = (row: ReadRow): row is GoodRow => row.entered !== null;

const codeOf = ({ subject }: Entered): string => (subject.kind === 'person' ? subject.idNumber : subject.uscc);

/** Facts in a few bytes, for a file that has the same document twice. */
const digestOf = ({ facts }: Entered): string => createHash('sha256').update(JSON.stringify({ ...facts, documentNo: documentKey(facts.documentNo), performed: false })).digest('base64').slice(0, 12);

/**
 * Goes through a file without writing into any record or subject, and tells what would become of each row. It remembers
 * of the rows before the document and its content in some bytes, and the names of firms that are new.
 */
export class Checker {
  readonly #parts: CheckParts;
  readonly #documents = new Map<string, { row: number; digest: string }>();
  readonly #newNames = new Map<string, { row: number; name: string }>();
  readonly #groups = new Map<string, { fault: RowFault; count: number; rows: number[] }>();
  readonly #counts = { new: 0, shown: 0, same: 0, correction: 0, bad: 0, otherName: 0 };
  readonly #classes = { MINOR: 0, GENERAL: 0, SERIOUS: 0 };
  #insideOnly = 0;
  readonly #hidden = { count: 0, rows: [] as number[] };
  #speaking = 0;
  readonly #examples: Question['examples'][number][] = [];

  constructor(parts: CheckParts) {
    this.#parts = parts;
  }

  get found(): Found {
    const faults = [...this.#groups.values()].map(({ fault, count, rows }): FaultGroup => ({ ...fault, count, rows }));
    return { ...this.#counts, classes: { ...this.#classes }, faults: faults.toSorted((a, b) => b.count - a.count), reading: this.#reading };
  }

  get #reading(): FoundReading {
    const { table, tabs } = this.#parts;
    const others = tabs.filter(({ name, visible, head }) => name !== table.tab && (!visible || head.length > 0));
    return {
      tab: table.tab, otherTabs: others.map(({ name, visible }) => ({ name, visible })), hidden: this.#hidden.count, hiddenRows: this.#hidden.rows, unread: table.unread,
      insideOnly: this.#insideOnly,
    };
  }

  /** What has to be asked about the amounts of the rows so far; null for nothing. */
  question(upTo: number): Question | null {
    return this.#speaking === 0 ? null : { upTo, speaking: this.#speaking, examples: this.#examples, said: this.#parts.table.units[this.#examples[0]?.of ?? 'fine'] ?? null };
  }

  /** Looks whether the amounts speak for another unit than the table's. */
  weigh(rows: readonly ReadRow[]): void {
    for (const { number, evidence, decision } of rows) {
      for (const one of evidence.filter(({ speaksFor }) => speaksFor !== 'tenThousand')) {
        this.#speaking += 1;
        if (this.#examples.length < mostNamed) this.#examples.push({ ...one, row: number, decision: excerptOf(decision) });
      }
    }
  }

  /** What would become of these rows: those to be noted, in their order. */
  async take(rows: readonly ReadRow[]): Promise<NotedRow[]> {
    const { knex, seal } = this.#parts;
    for (const { number } of rows.filter(({ hidden }) => hidden)) {
      this.#hidden.count += 1;
      if (this.#hidden.rows.length < mostNamed) this.#hidden.rows.push(number);
    }
    const noted: NotedRow[] = rows.filter((row) => !isGood(row)).map(({ number, faults }) => this.#refuse(number, faults));
    const good = rows.filter(isGood);
    const subjects = await subjectsKnown(knex, seal, good.map(({ entered }) => entered.subject));
    const facts = good.map((row, n): RecordFacts | null => {
      const subject = subjects[n];
      return subject && 'subject' in subject ? { ...row.entered.facts, subject: subject.subject } : null;
    });
    const holderOf = await holdersOf(knex, facts.filter((one) => one !== null));
    for (const [n, row] of good.entries()) {
      const note = this.#one(row, subjects[n] ?? null, facts[n] ?? null, holderOf);
      if (note) noted.push(note);
    }
    return noted;
  }

  #one(row: GoodRow, subject: FoundSubject | null, facts: RecordFacts | null, holderOf: Awaited<ReturnType<typeof holdersOf>>): NotedRow | null {
    const { entered, number } = row;
    if (subject && 'otherName' in subject) {
      this.#counts.otherName += 1;
      return this.#refuse(number, [rowFault('subjectName', 'imports:fault.otherName', { name: subject.otherName.name })]);
    }
    const clash = subject === null ? this.#nameClash(row) : null;
    if (clash) return this.#refuse(number, [clash]);
    const seen = this.#seen(row);
    if (seen === 'same') {
      this.#counts.same += 1;
      return null;
    }
    if (seen) return this.#refuse(number, [seen]);

    const publicity = this.#publicity(entered.facts);
    if ('key' in publicity) return this.#refuse(number, [publicity]);
    const before = facts && holderOf(facts);
    if (!facts || !before) {
      this.#counts.new += 1;
      this.#classes[publicity.class] += 1;
      if (entered.facts.insideOnly) this.#insideOnly += 1;
      if (publishesAtOnce({ ...entered.facts, subject: { kind: 'person', id: '', masked: '' } }, publicity, this.#parts.today)) this.#counts.shown += 1;
      return null;
    }
    const after = asCorrection(facts, before, this.#parts.table);
    if (isSame(after, before)) {
      this.#counts.same += 1;
      return null;
    }
    if (before.status === 'withdrawn') return this.#refuse(number, [rowFault('documentNo', 'records:correct.withdrawn')]);
    this.#counts.correction += 1;
    return { row: number, outcome: 'correction', record: before.id, what: { documentNo: after.documentNo, changes: changesOf(before.facts, after) } };
  }

  /** Two names for one new code in the same file: the first would be made, the second is another name. */
  #nameClash({ number, entered: { subject } }: GoodRow): RowFault | null {
    if (subject.kind === 'person' || (subject.difference ?? null) !== null) return null;
    const first = this.#newNames.get(subject.uscc);
    if (!first) this.#newNames.set(subject.uscc, { row: number, name: subject.name });
    return !first || sameName(first.name, subject.name) ? null : rowFault('subjectName', 'imports:fault.otherNameInFile', { name: first.name, row: first.row });
  }

  #seen({ number, entered }: GoodRow): 'same' | RowFault | null {
    const { documentNo, decidedOn } = entered.facts;
    const document = `${codeOf(entered)} ${decidedOn} ${documentKey(documentNo)}`;
    const digest = digestOf(entered);
    const first = this.#documents.get(document);
    if (!first) this.#documents.set(document, { row: number, digest });
    if (!first) return null;
    return first.digest === digest ? 'same' : rowFault('documentNo', 'imports:fault.repeated', { row: first.row });
  }

  #publicity(facts: Entered['facts']): Publicity | RowFault {
    const { rules, calendar } = this.#parts.law;
    try {
      return publicityOf(facts, rules, calendar);
    } catch (error) {
      if (error instanceof NoRuleValid) return rowFault('decidedOn', 'records:enter.noRule', { date: error.date });
      throw error;
    }
  }

  #refuse(row: number, faults: readonly RowFault[]): NotedRow {
    this.#counts.bad += 1;
    for (const fault of faults) {
      const kind = `${fault.column} ${fault.key}`;
      const group = this.#groups.get(kind) ?? { fault, count: 0, rows: [] };
      this.#groups.set(kind, group);
      group.count += 1;
      if (group.rows.length < mostNamed) group.rows.push(row);
    }
    return { row, outcome: 'bad', record: null, what: faults };
  }
}

/** The words of a decision around an amount, masked: they may name persons. */
function excerptOf(decision: string): string {
  const signs = [...maskText(decision.slice(0, 1000)).masked.replace(/\s+/g, ' ')];
  if (signs.length <= longestExcerpt) return signs.join('');
  const at = [...signs.join('').split(/罚款|没收/)[0]!].length;
  const from = Math.max(0, Math.min(at - 10, signs.length - longestExcerpt));
  return `${from > 0 ? '…' : ''}${signs.slice(from, from + longestExcerpt).join('')}${from + longestExcerpt < signs.length ? '…' : ''}`;
}
