import type { DecisionDocument, Badge } from '../../../platform/http/view-models.ts';
import type { CaseState } from '../../../rules/casefile/types.ts';
import { accountableUnit, lastOf, type IncidentForms } from '../../../rules/incident/facts.ts';
import { issuedWith } from '../../documents/index.ts';
import type { Words } from '../../tasks/index.ts';

export type Opinion = IncidentForms['opinion'];

/** The paragraphs of an opinion under their headings, as they stand in the document and in the text for the public. */
export function opinionParagraphs({ facts, basis, decision, measures }: Opinion, { t }: Words): { heading: string; text: string }[] {
  return [
    { heading: t('stages:opinion.facts'), text: facts },
    { heading: t('stages:opinion.basis'), text: basis },
    { heading: t('stages:opinion.decision'), text: decision },
    { heading: t('stages:opinion.measures'), text: measures },
  ].filter(({ text }) => text !== '');
}

export function opinionTitle(state: CaseState, { t }: Words): string {
  return t('stages:opinion.title', { title: state.title });
}

/** The handling opinion as a document; undefined while none was drafted. */
export function opinionDocument(state: CaseState, words: Words, status: Badge | null): DecisionDocument | undefined {
  const drafted = lastOf(state, 'opinion');
  if (!drafted) return undefined;
  const approved = lastOf(state, 'approve');
  const at = drafted.doneAt ?? words.now.toISOString();
  const agency = words.unit(accountableUnit(state) ?? drafted.audience.unit, 'full', at);
  return {
    agency,
    number: (approved && issuedWith(approved, 'opinion')?.number) ?? state.caseNo,
    title: opinionTitle(state, words),
    paragraphs: opinionParagraphs(drafted.form, words).flatMap(({ heading, text }) =>
      text.split(/\n+/u).map((line, n) => ({ ...(n === 0 ? { heading } : {}), text: [{ text: line }] })),
    ),
    signature: agency,
    date: words.moments.date(new Date(at)),
    ...(status ? { status } : {}),
  };
}
