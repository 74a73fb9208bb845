import type { Request } from 'express';
import { createMoments } from '../../platform/http/moments.ts';
import type { Cell, DataTable, DecisionDocument, Heading, Page } from '../../platform/http/view-models.ts';
import { basisInWords } from '../../platform/basis.ts';
import type { RuleBook } from '../../rules/casefile/deadline.ts';
import { NoRuleValid, type Limit } from '../../rules/limits/index.ts';
import { recordClasses, type RecordClass } from '../../rules/records/facts.ts';
import { paths } from './parts.ts';
import type { PublicSubject } from './queries.ts';

type Reading = Pick<Request, 't' | 'locale'>;

/** The row in force today; null where there is none, which the page says: a term is never guessed. */
function rowOn(rules: RuleBook, code: string, today: string): Limit | null {
  try {
    return rules.on(code, today);
  } catch (error) {
    if (error instanceof NoRuleValid) return null;
    throw error;
  }
}

function inWords(row: Limit | null, { t }: Reading): string {
  if (row === null) return t('public:guide.noRule');
  if (row.value === null) return t('rules:value.unlimited');
  return t(`rules:value.${row.unit}`, { count: row.value });
}

/** The basis as everybody may read it; where there is none but the house's own decision, that. */
function basisOf(row: Limit | null, { t }: Reading): Cell {
  return row === null ? { kind: 'none' } : basisInWords(row.legalBasis, t);
}

const repairSteps = ['accept', 'supplement', 'decide', 'extension-max', 'release'] as const;
const objectionSteps = ['screen', 'verify', 'decide', 'correct'] as const;

function stepTable(process: 'repair' | 'objection', steps: readonly string[], rules: RuleBook, today: string, req: Reading): DataTable {
  const { t } = req;
  return {
    caption: t(`public:guide.${process}.howLong`),
    columns: [
      { key: 'step', label: t('public:guide.step'), line: 1 },
      { key: 'days', label: t('public:guide.days'), line: 2, tight: true },
      { key: 'basis', label: t('public:guide.basis'), line: 3 },
    ],
    rows: steps.map((step) => {
      const row = rowOn(rules, `${process}.${step}`, today);
      return { cells: { step: t(`public:guide.${process}.step.${step}`), days: inWords(row, req), basis: basisOf(row, req) } };
    }),
    empty: { title: '' },
  };
}

const codeOf: Readonly<Record<RecordClass, string>> = { MINOR: 'minor', GENERAL: 'general', SERIOUS: 'serious' };

function termTable(rules: RuleBook, today: string, req: Reading): DataTable {
  const { t } = req;
  return {
    caption: t('public:guide.terms'),
    columns: [
      { key: 'class', label: t('public:guide.class'), line: 1 },
      { key: 'min', label: t('public:guide.min'), line: 2, named: true, tight: true },
      { key: 'max', label: t('public:guide.max'), line: 2, named: true, tight: true },
      { key: 'basis', label: t('public:guide.basis'), line: 3 },
    ],
    rows: recordClasses.map((one) => {
      const max = rowOn(rules, `publicity.${codeOf[one]}.max`, today);
      const min = one === 'MINOR' ? t('public:guide.noMin') : inWords(rowOn(rules, `publicity.${codeOf[one]}.min`, today), req);
      return { cells: { class: t(`public:className.${one}`), min, max: inWords(max, req), basis: basisOf(max, req) } };
    }),
    empty: { title: '' },
  };
}

/** Where a step is taken. */
const stepLinks = { records: paths.records, letter: paths.letter, portal: paths.portal } as const;

/** One part of the guide: who may, from when, what papers, how long it takes, what comes out of it. */
interface GuidePart {
  id: 'repair' | 'objection';
  title: string;
  /** What one does, before what the rules say. */
  steps: { title: string; items: { name: string; text: string; link: { href: string; label: string } | null }[] };
  text: { title: string; lines: string[] }[];
  tables: DataTable[];
}

export interface GuideView {
  page: Page;
  heading: Heading;
  contents: { href: string; label: string }[];
  parts: GuidePart[];
  complain: string[];
}

export function presentGuide(req: Reading, { rules, today, office }: { rules: RuleBook; today: string; office: string }): GuideView {
  const { t } = req;
  const title = t('public:guide.title');
  const lines = (key: string, count: number): string[] => Array.from({ length: count }, (_, n) => t(`${key}.${n + 1}`, { office }));
  const section = (process: 'repair' | 'objection', name: string, count: number): { title: string; lines: string[] } => ({
    title: t(`public:guide.${process}.${name}.title`), lines: lines(`public:guide.${process}.${name}`, count),
  });
  const steps = (process: 'repair' | 'objection', links: readonly (keyof typeof stepLinks | null)[]): GuidePart['steps'] => ({
    title: t(`public:guide.steps.${process}.title`),
    items: links.map((link, n) => ({
      name: t(`public:guide.steps.${process}.${n + 1}.name`),
      text: t(`public:guide.steps.${process}.${n + 1}.text`),
      link: link === null ? null : { href: stepLinks[link], label: t(`public:guide.steps.to.${link}`) },
    })),
  });
  return {
    page: { title, crumbs: [{ label: t('public:home.title'), href: paths.home }, { label: title }] },
    heading: {
      title, lead: t('public:guide.lead'),
      links: [{ href: paths.letter, label: t('public:letter.title'), icon: 'file' }, { href: paths.commitments, label: t('public:commitment.title'), icon: 'check' }],
    },
    contents: [
      { href: '#repair', label: t('public:guide.repair.title') },
      { href: '#objection', label: t('public:guide.objection.title') },
      { href: '#complain', label: t('public:guide.complainTitle') },
    ],
    parts: [
      {
        id: 'repair',
        title: t('public:guide.repair.title'),
        steps: steps('repair', ['records', 'letter', 'portal']),
        text: [section('repair', 'who', 2), section('repair', 'when', 4), section('repair', 'papers', 3), section('repair', 'result', 3)],
        tables: [termTable(rules, today, req), stepTable('repair', repairSteps, rules, today, req)],
      },
      {
        id: 'objection',
        title: t('public:guide.objection.title'),
        steps: steps('objection', ['records', null, 'portal']),
        text: [section('objection', 'who', 2), section('objection', 'papers', 3), section('objection', 'result', 4)],
        tables: [stepTable('objection', objectionSteps, rules, today, req)],
      },
    ],
    complain: lines('public:guide.complain', 3),
  };
}

/** Blanks to be filled in by hand. */
const BLANK = '＿＿＿＿＿＿＿＿＿＿';

/** What stands in a letter: nothing of it is kept. */
export interface LetterFill {
  readonly subject: Pick<PublicSubject, 'name' | 'uscc'> | null;
  readonly documentNo: string | null;
  readonly unit: string | null;
}

/** 信用承诺书 of a repair: a page to be printed, signed or stamped, and handed in. */
export function commitmentLetter(req: Reading, { subject, documentNo, unit }: LetterFill, { now, creditOffice }: { now: Date; creditOffice: string }): DecisionDocument {
  const { t } = req;
  const params = { name: subject?.name ?? BLANK, code: subject?.uscc ?? BLANK, documentNo: documentNo ?? BLANK, unit: unit ?? BLANK };
  return {
    agency: t('public:letter.agency'),
    number: t('public:letter.form'),
    title: t('public:letter.title'),
    addressee: creditOffice,
    paragraphs: ['opening', 'true', 'performed', 'law', 'liability', 'public'].map((part) => ({ text: [{ text: t(`public:letter.${part}`, params) }] })),
    signature: t('public:letter.sign', params),
    date: { ...createMoments(t).day(now), text: t('public:letter.date') },
  };
}
