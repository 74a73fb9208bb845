import { readdirSync, readFileSync } from 'node:fs';
import { createInstance } from 'i18next';
import { locales, type Locale } from '../rules/people.ts';

/** Where the words are: `<locale>/<namespace>.json`. */
export const LOCALES_FOLDER = new URL('../../locales/', import.meta.url);

export const DEFAULT_LOCALE: Locale = 'zh-CN';

/** `t('namespace:page.key', values)`; a key without a namespace is looked up in `common`. */
export type Translate = (key: string, values?: Record<string, unknown>) => string;

export interface I18n {
  translator(locale: Locale): Translate;
  /** Whether the key has words of its own in this language. */
  has(locale: Locale, key: string): boolean;
}

export function isLocale(value: unknown): value is Locale {
  return (locales as readonly unknown[]).includes(value);
}

function readNamespaces(folder: URL, locale: Locale): Record<string, Record<string, unknown>> {
  const namespaces: Record<string, Record<string, unknown>> = {};
  const here = new URL(`${locale}/`, folder);
  for (const file of readdirSync(here)) {
    if (!file.endsWith('.json')) continue;
    namespaces[file.slice(0, -'.json'.length)] = JSON.parse(readFileSync(new URL(file, here), 'utf8')) as Record<string, unknown>;
  }
  return namespaces;
}

/** A sentence cut at its places: text, name, text, name, …, text. */
type Phrase = readonly string[];

/** The phrase of a text whose places are plain names; null for what i18next alone understands (nesting, formats). */
function phraseOf(text: string): Phrase | null {
  const parts = text.split(/\{\{\s*(\w+)\s*\}\}/);
  return text.includes('$t(') || parts.some((part, index) => index % 2 === 0 && part.includes('{{')) ? null : parts;
}

/** The phrase with its places filled; `onGap` hears of a place for which there is nothing to say. */
function say(phrase: Phrase, values: Record<string, unknown> | undefined, onGap: (place: string) => void): string {
  let said = phrase[0] ?? '';
  for (let at = 1; at < phrase.length; at += 2) {
    const place = phrase[at] ?? '';
    const value = values?.[place];
    if (typeof value === 'string' || typeof value === 'number') said += value;
    else onGap(place);
    said += phrase[at + 1] ?? '';
  }
  return said;
}

/**
 * Reads all words once. A key without words shows as the key itself and is reported to
 * `onMissing`, as is a place in a sentence for which no value came (`key {{place}}`); tests throw there. Values are not escaped here: EJS does it where they are printed.
 *
 * A list of 50 rows asks for some thousand sentences, and i18next takes 10 to 20 µs for each. So a
 * sentence is looked up by i18next once and then only filled in; what it cannot be cut into (or what
 * has no words) goes to i18next every time.
 */
export function createI18n({
  folder = LOCALES_FOLDER,
  onMissing,
}: { folder?: URL; onMissing?: (locale: string, key: string) => void } = {}): I18n {
  const resources = Object.fromEntries(locales.map((locale) => [locale, readNamespaces(folder, locale)]));
  const instance = createInstance();
  void instance.init({
    initAsync: false,
    lng: DEFAULT_LOCALE,
    fallbackLng: DEFAULT_LOCALE,
    supportedLngs: [...locales],
    load: 'currentOnly',
    ns: Object.keys(resources[DEFAULT_LOCALE] ?? {}),
    defaultNS: 'common',
    resources,
    interpolation: { escapeValue: false },
    saveMissing: onMissing !== undefined,
    missingInterpolationHandler: (text, [place]) => { onMissing?.(DEFAULT_LOCALE, `${text} ${place}`); return ''; },
    missingKeyHandler: (languages, namespace, key) => onMissing?.(languages.join(), `${namespace}:${key}`),
  });

  const translatorOf = (locale: Locale): Translate => {
    const slowly = instance.getFixedT(locale);
    const plurals = new Intl.PluralRules(locale);
    const phrases = new Map<string, Phrase | null>();
    const find = (key: string): Phrase | null => {
      const known = phrases.get(key);
      if (known !== undefined) return known;
      const [namespace = '', path = ''] = key.includes(':') ? key.split(':', 2) : ['common', key];
      const text: unknown = instance.getResource(locale, namespace, path);
      const phrase = typeof text === 'string' ? phraseOf(text) : null;
      // Keys without words are made up by whoever asks for them: they are not remembered.
      if (phrase !== null) phrases.set(key, phrase);
      return phrase;
    };
    return (key, values) => {
      const count = values?.['count'];
      const phrase = typeof count === 'number' ? find(`${key}_${plurals.select(count)}`) : find(key);
      return phrase === null ? slowly(key, values ?? {}) : say(phrase, values, (place) => onMissing?.(locale, `${key} {{${place}}}`));
    };
  };

  const translators = new Map(locales.map((locale) => [locale, translatorOf(locale)]));
  return {
    translator(locale) {
      const translator = translators.get(locale);
      if (translator === undefined) throw new RangeError(`no such language: ${locale}`);
      return translator;
    },
    has: (locale, key) => instance.exists(key, { lng: locale, fallbackLng: [] }),
  };
}
