import type { Page } from 'playwright-core';
import type { Locale } from '../../../src/rules/people.ts';
import type { TestCity } from '../../support/city.ts';

/** So many pages of one route are opened for a walker while each brings a form that was not there before. */
const mostOfOneRoute = 6;

/** Addresses that are no pages, or that would end the walk. */
const leftAlone = /^\/(?:assets|language|logout)(?:[/?]|$)|^\/api\/(?!docs)/;

/** A form as it stands on a page; two with one shape are the same form about different things. */
export interface FoundForm {
  readonly shape: string;
  readonly path: string;
  readonly method: 'get' | 'post';
  /** Whether there is anything in it to be filled in. */
  readonly fillable: boolean;
}

/** Runs in the page. The action loses what names one thing of many; what is left is the kind of form. */
export const SHAPES = `() => [...document.querySelectorAll('main form')].map((form) => {
  const action = new URL(form.action, location.href).pathname.replace(/\\/[^/]*[\\dA-Z][^/]*/g, '/:');
  const fields = [...new Set([...form.elements].map((field) => field.name.replace(/\\d+/g, 'n')).filter((name) => name && name !== '_csrf'))].sort();
  const fillable = [...form.elements].some((field) => field.matches('input:not([type=hidden]), select, textarea'));
  return { shape: form.method + ' ' + action + ' ' + fields.join(','), method: form.method, fillable, filters: form.matches('[role=search]') };
})`;

export interface ShapeOnPage {
  readonly shape: string;
  readonly method: 'get' | 'post';
  readonly fillable: boolean;
  /** It narrows a list; pressed there. */
  readonly filters: boolean;
}

/** Runs in the page: where it leads, what stands outside of tables first. A letter that is shown leads whom it was written to, not who reads it in the log. */
const LINKS = `() => {
  if (!document.querySelector('.skip-link')) return [];
  const all = [...document.querySelectorAll('a[href]')].filter((a) => a.origin === location.origin);
  const inTable = (a) => a.closest('tbody') !== null;
  return [...all.filter((a) => !inTable(a)), ...all.filter(inTable)].map((a) => a.pathname + a.search);
}`;

/** A page that the walker has come to. */
export interface Arrival {
  readonly path: string;
  readonly route: string;
  readonly status: number;
  /** It is the first of its route for this walker. */
  readonly first: boolean;
  readonly forms: readonly ShapeOnPage[];
}

interface Known {
  readonly matches: RegExp;
  opened: number;
  /** Opened in a row without a form that was not known. */
  fruitless: number;
}

const patternOf = (route: string): RegExp => new RegExp(`^${route.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/:\w+/g, '[^/]+')}$`);

/** Finds the pages of one walker by following links, one of each route and a few more where they bring other forms. */
export class Finder {
  readonly #city: TestCity;
  readonly #page: Page;
  readonly #known = new Map<string, Known>();
  readonly #queue: string[];
  readonly #queued: Set<string>;
  readonly #shapes = new Set<string>();

  constructor(city: TestCity, page: Page, starts: readonly string[]) {
    this.#city = city;
    this.#page = page;
    this.#queue = [...starts];
    this.#queued = new Set(starts);
  }

  /** The next page, in Chinese; null when there is none left. What is downloaded is fetched and not shown. */
  async next(): Promise<Arrival | null> {
    for (let path = this.#queue.shift(); path !== undefined; path = this.#queue.shift()) {
      if (this.#enough(path)) continue;
      const arrival = await this.#open(path);
      if (arrival) return arrival;
    }
    return null;
  }

  /** A literal part may look like a parameter of another route, as `new` does: so the first three addresses of a route are looked at. */
  #enough(path: string): boolean {
    const pathname = path.split('?', 1)[0] ?? path;
    const known = [...this.#known.values()].find(({ matches }) => matches.test(pathname));
    if (!known) return false;
    if (path.includes('?') && known.opened > 0) return true;
    const names = /[\dA-Z]/.test(pathname.slice(pathname.lastIndexOf('/')));
    return known.opened >= mostOfOneRoute || known.fruitless >= (names ? 2 : 3) || !known.matches.source.includes('[^/]+');
  }

  async #open(path: string): Promise<Arrival | null> {
    const answer = await this.#page.goto(`${this.#city.url}${path}`).catch((error: unknown) => {
      if (String(error).includes('Download is starting')) return null;
      throw new Error(`${path} could not be opened`, { cause: error });
    });
    if (!answer) {
      const fetched = await this.#page.context().request.get(`${this.#city.url}${path}`);
      return fetched.ok() ? this.#note(path, 200, null) : { ...this.#note(path, fetched.status(), null)!, forms: [] };
    }
    if (!(answer.headers()['content-type'] ?? '').startsWith('text/html')) return answer.ok() ? this.#note(path, 200, null) : this.#note(path, answer.status(), []);
    for (const link of await this.#page.evaluate<string[]>(`(${LINKS})()`)) {
      if (this.#queued.has(link) || leftAlone.test(link)) continue;
      this.#queued.add(link);
      this.#queue.push(link);
    }
    return this.#note(path, answer.status(), await this.#page.evaluate<ShapeOnPage[]>(`(${SHAPES})()`));
  }

  /** `forms` null for what is no page. */
  #note(path: string, status: number, forms: readonly ShapeOnPage[] | null): Arrival | null {
    const at = new URL(this.#page.url()).pathname;
    // A refusal has no route of its own.
    const route = status >= 400 ? at : this.#city.routeOf(forms === null ? path.split('?', 1)[0]! : at) ?? at;
    const known = this.#known.get(route) ?? { matches: patternOf(route), opened: 0, fruitless: 0 };
    this.#known.set(route, known);
    known.opened += 1;
    const fresh = (forms ?? []).filter(({ shape }) => !this.#shapes.has(shape));
    for (const { shape } of fresh) this.#shapes.add(shape);
    known.fruitless = fresh.length > 0 ? 0 : known.fruitless + 1;
    return forms === null ? null : { path, route, status, first: known.opened === 1, forms };
  }
}

/** The address of a page in another language. */
export const inLanguage = (path: string, locale: Locale): string => `${path}${path.includes('?') ? '&' : '?'}lang=${locale}`;
