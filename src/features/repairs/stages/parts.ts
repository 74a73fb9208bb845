import { fault, field } from '../../../platform/http/fields.ts';
import { filesIn } from '../../../rules/casefile/fold.ts';
import type { CaseState, FileRef } from '../../../rules/casefile/types.ts';
import { paperKinds, repairOpeningOf, type Applicant, type PaperKind, type RepairForms } from '../../../rules/repair/facts.ts';
import type { Facts, Option } from '../../../platform/http/view-models.ts';
import { casePath } from '../../../platform/process-words.ts';
import { fileItem } from '../../cases/index.ts';
import type { Block, ShownLine, Words } from '../../tasks/index.ts';

/** A file of the case with every kind of paper it was handed in as: a firm may send proof and commitment as one scan. */
export interface PaperFile {
  readonly hash: string;
  readonly kinds: readonly PaperKind[];
  readonly file: FileRef;
}

/** Everything that was handed in: with the application, with a supplement, and what was attached to a task. Each file once. */
export function papersOf(state: CaseState): PaperFile[] {
  const supplied = Object.values(state.tasks).flatMap(({ stage, form }) => (stage === 'supplement' ? ((form as Partial<RepairForms['supplement']>).papers ?? []) : []));
  const named = [...repairOpeningOf(state).papers, ...supplied];
  const seen = new Set<string>();
  return filesIn(state).flatMap((file) => {
    if (seen.has(file.hash)) return [];
    seen.add(file.hash);
    const kinds = [...new Set(named.filter(({ hash }) => hash === file.hash).map(({ kind }) => kind))];
    return [{ hash: file.hash, kinds: kinds.length === 0 ? ['other' as const] : kinds, file }];
  });
}

const kindsName = ({ kinds }: PaperFile, { t }: Words): string => kinds.map((kind) => t(`repairs:paper.${kind}`)).join(t('common:list'));

const paperName = (paper: PaperFile, words: Words): string => words.t('repairs:paper.named', { kind: kindsName(paper, words), name: paper.file.name });

const hrefOf = ({ kind, caseNo }: CaseState, hash: string): string => `${casePath(kind, caseNo)}/files/${hash}`;

/** Papers to be chosen from, each with the way to read it. */
export const paperOptions = (state: CaseState, words: Words): Option[] =>
  papersOf(state).map((paper) => ({ value: paper.hash, label: paperName(paper, words), link: { href: hrefOf(state, paper.hash), label: words.t('repairs:paper.open') } }));

/** All papers of the case, to be opened. */
export function papersBlock(state: CaseState, words: Words): Block {
  const { t } = words;
  const files = papersOf(state).map((paper) => ({ ...fileItem(paper.file, words, (hash) => hrefOf(state, hash)), note: kindsName(paper, words) }));
  return { kind: 'files', title: t('repairs:papers'), files: { label: t('repairs:papers'), files, none: t('repairs:paper.none') } };
}

export const paperKindOptions = ({ t }: Words): Option[] => paperKinds.map((value) => ({ value, label: t(`repairs:paper.${value}`) }));

/** By what the applicant showed at the window that he may ask; nothing for others. */
export function identityFacts({ identity }: Applicant, { t }: Words): Facts['items'] {
  if (!identity) return [];
  const proof = t(`intake:proofs.${identity.proof}`);
  return [{ term: t('intake:identityTerm'), value: t(`intake:identity.${identity.seen === null ? 'file' : 'seen'}`, { proof, seen: identity.seen }) }];
}

/** Names of the papers with these hashes. */
export function namesOf(hashes: readonly string[], state: CaseState, words: Words): string[] {
  return papersOf(state).filter(({ hash }) => hashes.includes(hash)).map((paper) => paperName(paper, words));
}

/** A list that is typed one a line, without empty lines and with each said once; so many at most. */
export const oneALine = (most: number) => field((typed) => {
  const list = [...new Set(typed.split(/\n/u).map((line) => line.trim()).filter((line) => line !== ''))];
  return list.length > most ? fault('repairs:form.tooManyLines', { limit: most }) : list;
});

/** A reason that was given when something came back. */
export const remarkLines = (remarks: readonly string[] | undefined, label: string): ShownLine[] => (remarks ?? []).map((text) => ({ label, text }));
