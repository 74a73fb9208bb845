import type { Request } from 'express';
import { findPersonalData, type PersonalKind } from '../../rules/masking/index.ts';
import type { ArrivedPaper } from './papers.ts';

/** Numbers are found for sure; names and places would warn about every second honest sentence. */
const warned: readonly PersonalKind[] = ['residentId', 'mobile', 'bankCard'];

const kindsIn = (text: string): PersonalKind[] => [...new Set(findPersonalData(text).map(({ kind }) => kind))].filter((kind) => warned.includes(kind));

/**
 * Numbers of persons in the statement and in the names of papers, which nobody means to make known by them: a sentence
 * for each field that has some. What stands in a paper is a picture more often than a text and is not read: the form
 * asks for it to be covered.
 */
export function personalFound({ t }: Pick<Request, 't'>, statement: string, papers: readonly ArrivedPaper[]): Record<string, string> {
  const words = (kinds: readonly PersonalKind[]): string => kinds.map((kind) => t(`portal:personal.kind.${kind}`)).join(t('ui:common.listSeparator'));
  const inStatement = kindsIn(statement);
  const inNames = papers.map(({ kind, file: { name } }) => ({ field: kind, name, kinds: kindsIn(name) })).filter(({ kinds }) => kinds.length > 0);
  return {
    ...(inStatement.length === 0 ? {} : { statement: t('portal:personal.inStatement', { kinds: words(inStatement) }) }),
    ...Object.fromEntries(inNames.map(({ field, name, kinds }) => [field, t('portal:personal.inName', { name, kinds: words(kinds) })])),
  };
}
