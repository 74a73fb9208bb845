import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import ejs from 'ejs';
import { locales, type Locale } from '../../rules/people.ts';
import { createMoments } from '../http/moments.ts';
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

export interface ComposeOptions {
  i18n: I18n;
  /** The site's address as people open it, e.g. `https://xinzhi.example.gov.cn`; a path in it is kept. */
  publicUrl: string;
  /** Folder of `letter.html.ejs` and `letter.text.ejs`. */
  views?: URL;
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

/**
 * Reads and compiles the templates once; the function that comes back does no I/O and takes far less than a
 * millisecond a letter, so that it can be called inside the transaction that records the event.
 */
export function createCompose({ i18n, publicUrl, views = MAIL_VIEWS }: ComposeOptions): Compose {
  const html = compile(new URL('letter.html.ejs', views), undefined);
  const text = compile(new URL('letter.text.ejs', views), (value) => String(value));
  const base = publicUrl.replace(/\/+$/, '');

  const languages = new Map(locales.map((locale) => [locale, wordsOf(i18n, locale)]));

  return (letter, reader, unitName) => {
    const own = languages.get(reader.locale) ?? wordsOf(i18n, reader.locale);
    const t: Writing['words'] = (key, params) => own.words(`mail:${key}`, params);
    const content = contentOf(letter, { ...own, unitName, reader: reader.kind });
    const subject = oneLine(t('subject', { caseNo: letter.params.caseNo, subject: content.subject }));
    const head: Letterhead = {
      lang: reader.locale,
      subject,
      greeting: t(`greeting.${reader.kind}`, { name: reader.name ?? '' }),
      content,
      colon: t('colon'),
      link: content.link && { label: content.link.label, href: base + content.link.path },
      footer: content.reader === 'staff' ? [t('footer.why'), t('footer.staff')] : [t('footer.public')],
    };
    return { subject, html: html(head), text: tidy(text(head)) };
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
