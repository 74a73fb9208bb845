import type { Request } from 'express';
import { findPersonalData, type PersonalKind } from '../../rules/masking/index.ts';
import type { ArrivedPaper } from './papers.ts';

/** Where personal data stands in what is about to be sent. */
export interface PersonalPlace {
  /** Null for the statement. */
  readonly file: string | null;
  readonly kinds: readonly PersonalKind[];
}

/** Numbers are found for sure; names and places would warn about every second honest sentence. */
const warned: readonly PersonalKind[] = ['residentId', 'mobile', 'bankCard'];

const kindsIn = (text: string): PersonalKind[] => [...new Set(findPersonalData(text).map(({ kind }) => kind))].filter((kind) => warned.includes(kind));

/**
 * Numbers of persons in the statement and in the names of papers, which nobody means to make known by them. What stands
 * in a paper is a picture more often than a text and is not read: the form asks for it to be covered.
 */
export function personalPlaces(statement: string, papers: readonly ArrivedPaper[]): PersonalPlace[] {
  const files = [...new Set(papers.map(({ file }) => file.name))];
  return [{ file: null, kinds: kindsIn(statement) }, ...files.map((name) => ({ file: name, kinds: kindsIn(name) }))].filter(({ kinds }) => kinds.length > 0);
}

export function placesInWords({ t }: Pick<Request, 't'>, places: readonly PersonalPlace[]): string {
  const words = places.map(({ file, kinds }) => {
    const named = kinds.map((kind) => t(`portal:personal.kind.${kind}`)).join(t('ui:common.listSeparator'));
    return file === null ? t('portal:personal.inStatement', { kinds: named }) : t('portal:personal.inName', { name: file, kinds: named });
  });
  return words.join(t('ui:common.listSeparator'));
}
