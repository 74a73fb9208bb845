import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import ejs from 'ejs';
import { locales, type Locale } from '../../rules/people.ts';
import { createMoments } from '../http/moments.ts';
import type { CodeWord } from '../code-word.ts';
import type { I18n } from '../i18n.ts';
import { contentOf, type Content, type UnitName, type Writing } from './content.ts';
import type { Letter, Rendered } from './types.ts';
import { oneLine } from './wording.ts';

/** Where the letters' templates are. */
const MAIL_VIEWS = new URL('../../../views/mail/', import.meta.url);

/** Who reads a letter, as far as its wording is concerned. */
export interface Reader {
  kind: 'person' | 'unit' | 'reporter';
  /** Name in the reader's own language; null for a reporter, who is not named. */
  name: string | null;
  locale: Locale;
}

/** Writes a letter for a reader. */
export type Compose = (letter: Letter, reader: Reader, unitName: UnitName) => Rendered;

interface SettingOptions {
  i18n: I18n;
  /** The site's address as people open it, e.g. `https://xinzhi.example.gov.cn`; a path in it is kept. */
  publicUrl: string;
  /** Folder of `letter.html.ejs` and `letter.text.ejs`. */
  views?: URL;
}

export interface ComposeOptions extends SettingOptions {
  codeWord: CodeWord;
}

/** What the two templates are given. */
interface Letterhead {
  lang: Locale;
  subject: string;
  greeting: string;
  content: Content;
  colon: string;
  link: { label: string; href: string } | null;
  footer: string[];
}

/** A letter about no case, e.g. a link to sign in by: what it says, and where the link leads on this site. */
export interface FreeLetter {
  locale: Locale;
  subject: string;
  greeting: string;
  paragraphs: string[];
  link: { label: string; path: string } | null;
  footer: string[];
}

/** Sets letters that are about no case, in the same form as all others. */
export function createFreeCompose({ i18n, publicUrl, views = MAIL_VIEWS }: SettingOptions): (letter: FreeLetter) => Rendered {
  const set = setter(views, publicUrl);
  return ({ locale, paragraphs, link, ...letter }) =>
    set({
      ...letter,
      lang: locale,
      subject: oneLine(letter.subject),
      content: { subject: letter.subject, paragraphs, facts: [], quote: null, link, reader: 'public' },
      colon: i18n.translator(locale)('mail:colon'),
    });
}

/**
 * Reads and compiles the templates once; the function that comes back does no I/O and takes far less than a
 * millisecond a letter, so that it can be called inside the transaction that records the event.
 */
export function createCompose({ i18n, publicUrl, codeWord, views = MAIL_VIEWS }: ComposeOptions): Compose {
  const set = setter(views, publicUrl);
  const languages = new Map(locales.map((locale) => [locale, wordsOf(i18n, locale)]));

  return (letter, reader, unitName) => {
    const own = languages.get(reader.locale) ?? wordsOf(i18n, reader.locale);
    const t: Writing['words'] = (key, params) => own.words(`mail:${key}`, params);
    const content = contentOf(letter, { ...own, unitName, codeWord, reader: reader.kind });
    const subject = oneLine(t('subject', { caseNo: letter.params.caseNo, subject: content.subject }));
    return set({
      lang: reader.locale,
      subject,
      greeting: t(`greeting.${reader.kind}`, { name: reader.name ?? '' }),
      content,
      colon: t('colon'),
      footer: content.reader === 'staff' ? [t('footer.why'), t('footer.staff')] : [t('footer.public')],
    });
  };
}

/** Fills the two templates in; links get the site's address. */
function setter(views: URL, publicUrl: string): (head: Omit<Letterhead, 'link'>) => Rendered {
  const html = compile(new URL('letter.html.ejs', views), undefined);
  const text = compile(new URL('letter.text.ejs', views), (value) => String(value));
  const base = publicUrl.replace(/\/+$/, '');
  return (head) => {
    const { link } = head.content;
    const whole: Letterhead = { ...head, link: link && { label: link.label, href: base + link.path } };
    return { subject: head.subject, html: html(whole), text: tidy(text(whole)) };
  };
}

function wordsOf(i18n: I18n, locale: Locale): Pick<Writing, 'words' | 'known' | 'moments'> {
  const words = i18n.translator(locale);
  return { words, known: (key) => i18n.has(locale, key), moments: createMoments(words) };
}

function compile(file: URL, escape: ((value: unknown) => string) | undefined): (head: Letterhead) => string {
  const options = { filename: fileURLToPath(file), localsName: 'letter', _with: false, strict: true, compileDebug: false };
  return ejs.compile(readFileSync(file, 'utf8'), escape ? { ...options, escape } : options);
}

function tidy(text: string): string {
  return `${text.replace(/[ \t]+$/gm, '').replace(/\n{3,}/g, '\n\n').trim()}\n`;
}
