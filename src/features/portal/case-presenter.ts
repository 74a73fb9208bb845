import type { Request } from 'express';
import { createMoments } from '../../platform/http/moments.ts';
import { createFormat } from '../../platform/http/format.ts';
import type { Button, DecisionDocument, Facts, FileList, Heading, Link, Page } from '../../platform/http/view-models.ts';
import { unitName, type Unit } from '../../platform/units.ts';
import { repairOpeningOf } from '../../rules/repair/facts.ts';
import { decisionOf, nowOf, openSupplement, ownFiles, stepsOf, unitOf, type OwnPart, type WholeCase } from './cases.ts';
import { crumbsOf } from './form-page.ts';
import { portalPath } from './parts.ts';

type Reading = Pick<Request, 't' | 'locale'>;

const nameOf = (units: readonly Unit[], { locale }: Reading) => (id: string): string => {
  const unit = units.find((one) => one.id === id);
  return unit ? unitName(unit, locale) : id;
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
      return { when: when.text, iso: when.iso, what: t(`portal:step.${key}`, { unit: name(unit) }), reason: reasons ? reason : null };
    }),
  };
}

export interface CaseView {
  page: Page;
  heading: Heading;
  progress: Progress;
  supplement: { title: string; reason: string; missing: readonly string[]; button: Button } | null;
  facts: Facts;
  files: FileList;
  decision: Link | null;
  withdraw: Link | null;
}

export function presentCase(req: Reading, found: WholeCase, { part, units, word, withdrawable }: { part: OwnPart; units: readonly Unit[]; word: string; withdrawable: boolean }): CaseView {
  const { t } = req;
  const { kind, state } = found;
  const format = createFormat(req.locale);
  const path = `${portalPath}/cases/${state.caseNo}`;
  const { record, subject } = repairOpeningOf(state);
  const asked = openSupplement(found);
  const title = t(`portal:apply.${kind}.title`);
  return {
    page: { title: `${title} ${state.caseNo}`, crumbs: crumbsOf(req, { label: state.caseNo }), printNumber: state.caseNo },
    heading: { title, number: state.caseNo },
    progress: presentProgress(found, units, req, { reasons: true, joinedAt: part.joinedAt }),
    supplement: asked && {
      title: t('portal:supplement.asked'),
      reason: asked.reason,
      missing: asked.missing,
      button: { label: t('portal:supplement.title'), href: `${path}/supplement` },
    },
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
    decision: decisionOf(found) === null ? null : { href: `${path}/decision`, label: t('portal:decision.open') },
    withdraw: withdrawable ? { href: `${path}/withdraw`, label: t('portal:withdraw.title') } : null,
  };
}

export interface DecisionView {
  page: Page;
  heading: Heading;
  document: DecisionDocument;
}

/** The decision as a document to read and to print; null while there is none. */
export function presentDecision(req: Reading, found: WholeCase, units: readonly Unit[]): DecisionView | null {
  const { t } = req;
  const decision = decisionOf(found);
  if (!decision) return null;
  const name = nameOf(units, req);
  const unit = name(decision.unit);
  const { state } = found;
  const { record, subject } = repairOpeningOf(state);
  const params = { unit, caseNo: state.caseNo, documentNo: record.documentNo, subject: subject.kind === 'organisation' ? subject.name : subject.masked, you: t(`portal:decision.you.${subject.kind}`) };
  const title = t(`portal:decision.${found.kind}.title`);
  const text = (words: string) => ({ text: [{ text: words }] });
  return {
    page: { title: `${title} ${state.caseNo}`, crumbs: crumbsOf(req, { label: state.caseNo, href: `${portalPath}/cases/${state.caseNo}` }, { label: title }), printNumber: state.caseNo },
    heading: { title, lead: t('portal:decision.print') },
    document: {
      agency: unit,
      number: state.caseNo,
      title,
      addressee: params.subject,
      paragraphs: [
        text(t(`portal:decision.${decision.key}`, params)),
        ...(decision.reason === '' ? [] : [text(t('portal:decision.reason', { reason: decision.reason }))]),
        text(t('portal:decision.remedy', params)),
      ],
      signature: unit,
      date: createMoments(t).day(new Date(decision.at)),
    },
  };
}
