import type { Request } from 'express';
import { createMoments } from '../../platform/http/moments.ts';
import { createFormat } from '../../platform/http/format.ts';
import type { Button, Facts, FileList, Heading, Link, Page } from '../../platform/http/view-models.ts';
import { unitName, type Unit } from '../../platform/units.ts';
import { maskText } from '../../rules/masking/index.ts';
import { repairOpeningOf } from '../../rules/repair/facts.ts';
import type { CaseDocument } from '../documents/index.ts';
import { nowOf, openDefence, openSupplement, ownFiles, stepsOf, unitOf, type OwnPart, type WholeCase } from './cases.ts';
import { crumbsOf } from './form-page.ts';
import { portalPath } from './parts.ts';

type Reading = Pick<Request, 't' | 'locale'>;

/** Address of a document of one's own case. */
export const documentPath = (caseNo: string, name: string): string => `${portalPath}/cases/${caseNo}/documents/${name}`;

/** Names of units for a reader outside the house, as of a day; an id that is none stays. */
export const nameOf = (units: readonly Unit[], { locale }: Reading) => (id: string, at?: string): string => {
  const unit = units.find((one) => one.id === id);
  return unit ? unitName(unit, locale, 'full', at) : id;
};

/** A step and its day, as a list tells it. */
interface ToldStep {
  when: string;
  iso: string;
  what: string;
  reason: string | null;
}

export interface Progress {
  /** Whose move it is, and by when. */
  now: string;
  steps: ToldStep[];
}

/** How far a case is, in plain words; the same for its applicant and for whoever has its code word, who gets no reasons. */
export function presentProgress(found: WholeCase, units: readonly Unit[], req: Reading, { reasons, joinedAt }: { reasons: boolean; joinedAt: string | null }): Progress {
  const { t } = req;
  const moments = createMoments(t);
  const name = nameOf(units, req);
  const now = nowOf(found);
  const due = now?.due ? moments.dayTime(new Date(now.due)).text : null;
  const sentence = now === null ? t('portal:now.closed') : t(`portal:now.${now.key}`, { unit: name(now.unit) });
  return {
    now: due === null ? sentence : `${sentence}${t(now?.provisional ? 'portal:now.dueProvisional' : 'portal:now.due', { when: due })}`,
    steps: stepsOf(found, joinedAt).map(({ key, at, unit, reason }) => {
      const when = moments.day(new Date(at));
      return { when: when.text, iso: when.iso, what: t(`portal:step.${key}`, { unit: name(unit, at) }), reason: reasons ? reason : null };
    }),
  };
}

/** Facts and basis of a proposal to revoke, without data of third persons. */
export const defenceFacts = ({ finding, act, legalBasis }: { finding: string; act: string | null; legalBasis: string | null }, { t }: Pick<Reading, 't'>): { term: string; text: string }[] =>
  ([['finding', finding], ['act', act], ['basis', legalBasis]] as const).flatMap(([key, text]) => (text ? [{ term: t(`portal:defence.${key}`), text: maskText(text).masked }] : []));

export interface CaseView {
  page: Page;
  heading: Heading;
  progress: Progress;
  /** What waits for him: papers that are missing, or his case to be stated. */
  asked: { title: string; reason: string; missing: readonly string[]; button: Button } | null;
  facts: Facts;
  files: FileList;
  /** Documents that were made for him, the last one last. */
  documents: readonly Link[];
  withdraw: Link | null;
}

export function presentCase(
  req: Reading,
  found: WholeCase,
  { part, units, word, withdrawable, documents }: { part: OwnPart; units: readonly Unit[]; word: string; withdrawable: boolean; documents: readonly CaseDocument[] },
): CaseView {
  const { t } = req;
  const { kind, state } = found;
  const format = createFormat(req.locale);
  const path = `${portalPath}/cases/${state.caseNo}`;
  const { record, subject } = repairOpeningOf(state);
  const asked = openSupplement(found);
  const defence = openDefence(found);
  const title = t(`portal:apply.${kind}.title`);
  return {
    page: { title: `${title} ${state.caseNo}`, crumbs: crumbsOf(req, { label: state.caseNo }), printNumber: state.caseNo },
    heading: { title, number: state.caseNo },
    progress: presentProgress(found, units, req, { reasons: true, joinedAt: part.joinedAt }),
    asked: defence
      ? { title: t('portal:defence.asked'), reason: t('portal:defence.rights'), missing: defenceFacts(defence, req).map(({ term: label, text: message }) => t('common:form.inField', { label, message })), button: { label: t('portal:defence.title'), href: `${path}/defence` } }
      : asked && { title: t('portal:supplement.asked'), reason: asked.reason, missing: asked.missing, button: { label: t('portal:supplement.title'), href: `${path}/supplement` } },
    facts: {
      items: [
        { term: t('portal:case.subject'), value: subject.kind === 'organisation' ? subject.name : subject.masked },
        { term: t('public:fact.documentNo'), value: record.documentNo },
        { term: t('portal:case.unit'), value: nameOf(units, req)(unitOf(found)) },
        { term: t('portal:case.word'), value: word },
        { term: t(`portal:apply.${kind}.statement`), value: part.statement, wide: true },
      ],
    },
    files: {
      label: t('portal:case.files'),
      none: t('portal:case.noFiles'),
      files: ownFiles(found, part).map((file) => ({ name: file.name, description: format.bytes(file.bytes) })),
    },
    documents: documents.map(({ name, document }) => ({ href: documentPath(state.caseNo, name), label: document.title })),
    withdraw: withdrawable ? { href: `${path}/withdraw`, label: t(`portal:withdraw.title.${kind}`) } : null,
  };
}
