import type { I18n } from '../../../platform/i18n.ts';
import { plainWord } from '../../../platform/sheets/header.ts';
import { locales } from '../../../rules/people.ts';
import { penaltyKinds, recordDomains, recordKinds, type PenaltyKind } from '../../../rules/records/facts.ts';
import { differences } from '../enter/forms.ts';

/** What a subject is said to be. A sole trader is an organisation whose owner's number may stand beside its code. */
const subjectWords = ['organisation', 'person', 'trader'] as const;
export type SubjectWord = (typeof subjectWords)[number];

const answers = ['yes', 'no'] as const;
/** 信息使用范围: published, or for use within the government or on authority alone. */
export const useScopes = ['public', 'inside'] as const;
/** 当前状态 of a decision. */
const statuses = ['normal', 'revoked', 'disputed', 'otherStatus'] as const;

/** Words that stand for a value, in both languages and as other systems write them; a word that is not known is itself. */
export interface Words {
  kind(word: string): string;
  domain(word: string): string;
  subject(word: string): SubjectWord | null;
  difference(word: string): string;
  /** Null for a word that is not known. */
  useScope(word: string): (typeof useScopes)[number] | null;
  /** Null for a word that is not known. */
  status(word: string): (typeof statuses)[number] | null;
  /** Null for a word that is neither. */
  yes(word: string): boolean | null;
  /** Kinds of penalty of a cell, each once, and the words that are none. `beside` says which where a word leaves it open. */
  penaltyKinds(cell: string, beside: string): { readonly kinds: readonly PenaltyKind[]; readonly unknown: readonly string[] };
}

const SEVERAL = /[;；、，,|/／\n]+/;
/** Joins two kinds in one word: 罚款并没收违法所得. */
const JOINED = /并处|并|和|及/;
/** 暂扣或者吊销许可证, as the law named it until 2021. */
const EITHER = /^暂扣或者?吊销/;

/** Files have the same few words in every row. */
const mostRemembered = 1000;

function remembering(read: (text: string) => string): (text: string) => string {
  const known = new Map<string, string>();
  return (text) => {
    let found = known.get(text);
    if (found === undefined) {
      found = read(text);
      if (known.size >= mostRemembered) known.clear();
      known.set(text, found);
    }
    return found;
  };
}

export function wordsOf(i18n: I18n): Words {
  const plain = remembering(plainWord);
  const table = <T extends string>(values: readonly T[], own: string, labels: string | null): ReadonlyMap<string, T> =>
    new Map(values.flatMap((value) => [value, ...locales.flatMap((locale) => {
      const t = i18n.translator(locale);
      return [...(labels === null ? [] : [t(`${labels}.${value}`)]), ...t(`imports:words.${own}.${value}`, { defaultValue: '' }).split('|')];
    })].filter((word) => word !== '').map((word): [string, T] => [plain(word), value])));
  const kinds = table(recordKinds, 'kind', 'records:kind');
  const domains = table(recordDomains, 'domain', 'records:domain');
  const subjects = table(subjectWords, 'subject', 'imports:subject');
  const different = table(differences, 'difference', null);
  const scopes = table(useScopes, 'useScope', 'imports:useScope');
  const states = table(statuses, 'status', null);
  const either = table(answers, 'answer', null);
  const penalties = table(penaltyKinds, 'penaltyKind', 'records:penaltyKind');

  const split = (cell: string): string[] =>
    cell.normalize('NFKC').replaceAll('法律、行政法规规定的其他', '其他').split(SEVERAL).map((word) => word.trim()).filter((word) => word !== '');

  function penaltyOf(word: string, beside: string): readonly PenaltyKind[] {
    const known = penalties.get(plain(word));
    if (known) return [known];
    if (EITHER.test(word)) {
      const [revoked, suspended] = [beside.includes('吊销'), beside.includes('暂扣')];
      return revoked === suspended ? [] : [revoked ? 'revokePermit' : 'suspendPermit'];
    }
    if (word.startsWith('其他') || word.startsWith('其它')) return ['otherKind'];
    const parts = word.split(JOINED).map((part) => penalties.get(plain(part)));
    return parts.length > 1 && parts.every((part) => part !== undefined) ? parts : [];
  }

  return {
    kind: (word) => kinds.get(plain(word)) ?? word,
    domain: (word) => domains.get(plain(word)) ?? word,
    subject: (word) => subjects.get(plain(word)) ?? null,
    difference: (word) => different.get(plain(word)) ?? word,
    useScope: (word) => scopes.get(plain(word)) ?? null,
    status: (word) => states.get(plain(word)) ?? null,
    yes(word) {
      const answer = either.get(plain(word));
      return answer === undefined ? null : answer === 'yes';
    },
    penaltyKinds(cell, beside) {
      const found = split(cell).map((word) => ({ word, kinds: penaltyOf(word, beside) }));
      const all = new Set(found.flatMap(({ kinds: own }) => own));
      return { kinds: penaltyKinds.filter((kind) => all.has(kind)), unknown: found.filter(({ kinds: own }) => own.length === 0).map(({ word }) => word) };
    },
  };
}
