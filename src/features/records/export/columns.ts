import type { Request } from 'express';
import { createMoments } from '../../../platform/http/moments.ts';
import { standingOf } from '../../../rules/records/file.ts';
import type { MaskedTexts } from '../../../platform/records/masking.ts';
import { tenThousandsOf } from '../import/amounts.ts';
import { codeOf, tableColumns, type Column } from '../import/columns.ts';
import type { ListedRecord } from '../list/queries.ts';
import { unitNames, type Reading } from '../parts.ts';
import { standingBadge } from '../words.ts';

/** `list`: as the pages say it. `standard`: the table of double publicity, which can be imported again. */
export const columnSets = ['list', 'standard'] as const;
export type ColumnSet = (typeof columnSets)[number];

export interface ExportColumns {
  /** Rows of names above the rows of records. */
  readonly header: readonly (readonly string[])[];
  readonly widths: readonly number[];
  /** The cells of a record; with `masked` where its reader may not read it as it was written. */
  row(record: ListedRecord, masked: MaskedTexts | null): string[];
}

const listColumns = [
  ['documentNo', 26], ['kind', 16], ['subject', 32], ['code', 24], ['unit', 24], ['class', 8], ['standing', 14], ['domain', 12], ['decidedOn', 12], ['publishedOn', 12],
  ['penaltyKinds', 24], ['fine', 14], ['confiscated', 14], ['summaryProcedure', 10], ['legalBasis', 40], ['act', 48], ['decision', 40], ['performed', 10], ['repairableFrom', 14], ['until', 14],
] as const;

const wide: Partial<Record<Column, number>> = { subjectName: 30, uscc: 24, documentNo: 26, act: 48, legalBasis: 36, decision: 36, penaltyKinds: 22, authority: 26 };

/** A person's name and number as every page shows them, apart. */
function partsOf(masked: string): { name: string; idNumber: string } {
  const at = masked.lastIndexOf(' ');
  return at < 0 ? { name: masked, idNumber: '' } : { name: masked.slice(0, at), idNumber: masked.slice(at + 1) };
}

const amount = (yuan: number): string => (yuan === 0 ? '' : String(yuan));
const textsOf = ({ state: { facts } }: ListedRecord, masked: MaskedTexts | null): MaskedTexts => masked ?? facts;

function asListed(req: Request, { units }: Reading): ExportColumns {
  const { t, locale } = req;
  const nameOf = unitNames(units, locale);
  const yes = (is: boolean): string => t(is ? 'records:show.yes' : 'records:show.no');
  return {
    header: [listColumns.map(([key]) => t(`imports:export.column.${key}`))],
    widths: listColumns.map(([, width]) => width),
    row(record, masked) {
      const { facts, publicity, until } = record.state;
      const { subject } = facts;
      const texts = textsOf(record, masked);
      return [
        texts.documentNo, t(`records:kind.${facts.kind}`), subject.kind === 'organisation' ? subject.name : subject.masked, subject.kind === 'organisation' ? subject.uscc : '', nameOf(facts.unit, facts.decidedOn),
        t(`records:className.${publicity.class}`), record.frozen ? t('records:frozen') : standingBadge(standingOf(record.state), t).label, t(`records:domain.${facts.domain}`), facts.decidedOn, facts.publishedOn ?? '',
        facts.penaltyKinds.map((kind) => t(`records:penaltyKind.${kind}`)).join(t('common:list')), amount(facts.fine), amount(facts.confiscated), yes(facts.summaryProcedure), texts.legalBasis, texts.act, texts.decision,
        yes(facts.performed), publicity.repairableFrom ?? '', until ?? '',
      ];
    },
  };
}

/** Days in files of the standard are written so; one that never comes is the last of 2099. */
const day = (date: string | null): string => (date ?? '2099-12-31').replaceAll('-', '/');

function asStandard(req: Request, { units }: Reading): ExportColumns {
  const { t, locale } = req;
  const nameOf = unitNames(units, locale);
  const yes = (is: boolean): string => t(is ? 'records:show.yes' : 'records:show.no');
  return {
    header: [tableColumns.map((column) => codeOf(column) ?? t(`imports:column.${column}`)), tableColumns.map((column) => t(`imports:column.${column}`))],
    widths: tableColumns.map((column) => wide[column] ?? 16),
    row(record, masked) {
      const { facts, until } = record.state;
      const { subject } = facts;
      const texts = textsOf(record, masked);
      const person = subject.kind === 'person' ? partsOf(subject.masked) : null;
      const cells: Partial<Record<Column, string>> = {
        subjectName: subject.kind === 'organisation' ? subject.name : (person?.name ?? ''),
        subjectKind: t(`imports:subject.${subject.kind}`),
        ...(subject.kind === 'organisation' ? { uscc: subject.uscc, representative: masked ? '' : (record.representative ?? '') } : { idKind: t('imports:residentId'), idNumber: person?.idNumber ?? '' }),
        ...texts,
        penaltyKinds: facts.penaltyKinds.map((kind) => t(`records:penaltyKind.${kind}`)).join(';'),
        fine: facts.fine === 0 ? '' : tenThousandsOf(facts.fine),
        confiscated: facts.confiscated === 0 ? '' : tenThousandsOf(facts.confiscated),
        decidedOn: day(facts.decidedOn),
        validUntil: day(null),
        shownUntil: day(until),
        authority: nameOf(facts.unit, facts.decidedOn),
        source: nameOf(facts.unit, facts.decidedOn),
        kind: t(`records:kind.${facts.kind}`),
        domain: t(`records:domain.${facts.domain}`),
        publishedOn: facts.publishedOn === null ? '' : day(facts.publishedOn),
        summaryProcedure: yes(facts.summaryProcedure),
        performed: yes(facts.performed),
        useScope: t(`imports:useScope.${facts.insideOnly ? 'inside' : 'public'}`),
      };
      return tableColumns.map((column) => cells[column] ?? '');
    },
  };
}

export const columnsFor = (req: Request, set: ColumnSet, reading: Reading): ExportColumns => (set === 'standard' ? asStandard(req, reading) : asListed(req, reading));

/** The name of a file of today, without its ending. */
export const exportName = (req: Request, { today }: Reading): string => req.t('imports:export.name', { date: createMoments(req.t).table(today).text });
