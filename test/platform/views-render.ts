import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createViewEngine } from '../../src/platform/http/views.ts';
import { createI18n, type Translate } from '../../src/platform/i18n.ts';
import type { Locale } from '../../src/rules/people.ts';

export const VIEWS = fileURLToPath(new URL('../../views', import.meta.url));

const engine = createViewEngine(VIEWS, { cached: true });
const i18n = createI18n({ onMissing: (locale, key) => { throw new Error(`no words for ${key} in ${locale}`); } });

export const words = (locale: Locale): Translate => i18n.translator(locale);

/** The HTML of one partial, called as a page calls it; a key without words fails. */
export function partial(name: string, it: unknown, locale: Locale = 'zh-CN', more: object = {}): string {
  let page = '';
  engine(join(VIEWS, 'partials', `${name}.ejs`), { it, t: words(locale), locale, csrfToken: 'token-of-the-session', ...more }, (error, html = '') => {
    if (error instanceof Error) throw error;
    page = html;
  });
  return page;
}

/** What a reader sees or hears, white space taken together. */
export function textOf(html: string): string {
  return html.replace(/<[^>]+>/g, '').replace(/&#34;/g, '"').replace(/&#39;/g, "'").replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&amp;/g, '&').replace(/\s+/g, ' ').trim();
}
