import type { Page } from 'playwright-core';

/** What a list shows, as far as it can be read off any of them. Runs in the page. */
const READ = `() => {
  const rows = [...document.querySelectorAll('main .list tbody')].at(-1);
  const tab = document.querySelector('main .tabs [aria-current]');
  return {
    rows: rows ? [...rows.rows].map((row) => row.innerText.replace(/\\s+/g, ' ').trim()) : [],
    empty: document.querySelector('main .empty-state') !== null,
    tab: tab ? tab.getAttribute('href') : null,
    sorted: [...document.querySelectorAll('main th[aria-sort]')].map((th) => th.innerText.trim() + ' ' + th.getAttribute('aria-sort')),
    next: document.querySelector('main .pager a[rel=next]') !== null,
  };
}`;

interface Shown {
  readonly rows: readonly string[];
  readonly empty: boolean;
  readonly tab: string | null;
  readonly sorted: readonly string[];
  readonly next: boolean;
}

/** Runs in the page: the controls of its filters, each with a value to try. */
const CONTROLS = `() => [...document.querySelectorAll('main form[role=search]')].flatMap((form, n) => [...form.elements].flatMap((field) => {
  if (!field.name || field.type === 'hidden' || field.tagName === 'BUTTON' || field.disabled) return [];
  const of = (value) => [{ form: n, name: field.name, kind: field.type === 'checkbox' || field.type === 'radio' ? 'tick' : field.tagName === 'SELECT' ? 'select' : 'text', value }];
  if (field.tagName === 'SELECT') {
    const other = [...field.options].find((option) => option.value !== '' && !option.selected && !option.disabled);
    return other ? of(other.value) : [];
  }
  if (field.type === 'checkbox' || field.type === 'radio') return field.checked ? [] : of(field.value);
  return of(field.type === 'date' ? '2026-01-15' : field.type === 'search' || /^q/.test(field.name) ? '有限公司' : 'xyb.handler');
}))`;

interface Control {
  readonly form: number;
  readonly name: string;
  readonly kind: 'tick' | 'select' | 'text';
  readonly value: string;
}

const HREFS = (selector: string): string => `[...document.querySelectorAll(${JSON.stringify(selector)})].map((a) => a.getAttribute('href'))`;

/** Everything of a list that can be pressed, and what should come of it. */
export class ListPresser {
  readonly #page: Page;
  readonly #url: string;
  readonly #faults: string[] = [];

  constructor(page: Page) {
    this.#page = page;
    this.#url = page.url();
  }

  /** Presses every filter, sort, tab and pager of the page that is open, as far as they are shown at its width. Leaves the page as it was. */
  async press(): Promise<string[]> {
    const begun = await this.#read();
    await this.#filters(begun);
    await this.#sorts();
    await this.#tabs();
    if (begun.next) await this.#pager(begun);
    await this.#page.goto(this.#url);
    return this.#faults;
  }

  #read(): Promise<Shown> {
    return this.#page.evaluate<Shown>(`(${READ})()`);
  }

  /** Clicks and waits for the page that comes; false where none does, as when the browser refuses to send. */
  async #follow(what: string, click: () => Promise<void>): Promise<boolean> {
    const arrived = this.#page.waitForNavigation({ timeout: 30_000 }).catch(() => null);
    await click();
    const answer = await arrived;
    if (answer?.ok()) return true;
    this.#faults.push(answer ? `${what} answers ${answer.status()}` : `${what} does nothing when pressed`);
    return false;
  }

  async #filters(begun: Shown): Promise<void> {
    for (const { form, name, kind, value } of await this.#page.evaluate<Control[]>(`(${CONTROLS})()`)) {
      await this.#page.goto(this.#url);
      const what = `the filter ${name}=${value}`;
      const bar = this.#page.locator('main form[role=search]').nth(form);
      await this.#page.evaluate('for (const more of document.querySelectorAll("main form[role=search] details")) more.open = true;');
      const field = bar.locator(`[name="${name}"]${kind === 'tick' ? `[value="${value}"]` : ''}`);
      if (kind === 'tick') await field.check();
      else if (kind === 'select') await field.selectOption(value);
      else await field.fill(value);
      if (!(await this.#follow(what, () => bar.locator('button:not([disabled], [aria-hidden=true])').first().click()))) continue;
      const { searchParams, pathname } = new URL(this.#page.url());
      if (!searchParams.getAll(name).includes(value) && !decodeURIComponent(pathname).endsWith(`/${value}`)) this.#faults.push(`${what} does not come into the address`);
      const after = this.#page.locator('main form[role=search]').nth(form).locator(`[name="${name}"]${kind === 'tick' ? `[value="${value}"]` : ''}`);
      const kept = kind === 'tick' ? await after.isChecked() : (await after.inputValue()).toLowerCase() === value.toLowerCase();
      if (!kept) this.#faults.push(`${what} is not in its field afterwards`);
      const shown = await this.#read();
      if (begun.rows.length > 0 && shown.rows.length === 0 && !shown.empty) this.#faults.push(`${what} leaves a list that says nothing`);
      if (!begun.next && !shown.next && kind === 'tick' && shown.rows.length > begun.rows.length && begun.rows.length > 0) this.#faults.push(`${what} shows more than there was`);
    }
    await this.#page.goto(this.#url);
  }

  async #sorts(): Promise<void> {
    // On a telephone rows are cards, and their head is for screen readers alone.
    const shown = await this.#page.evaluate<boolean>(`(document.querySelector('main .list thead')?.getBoundingClientRect().height ?? 0) > 4`);
    const columns = shown ? await this.#page.locator('main .list thead th a').count() : 0;
    for (let n = 0; n < columns; n += 1) {
      await this.#page.goto(this.#url);
      const before = await this.#read();
      const link = this.#page.locator('main .list thead th a').nth(n);
      const label = (await link.innerText()).split('\n')[0]!.trim();
      if (!(await this.#follow(`sorting by ${label}`, () => link.click()))) continue;
      const once = await this.#read();
      if (!once.sorted.some((sorted) => sorted.startsWith(label.slice(0, 4)))) this.#faults.push(`sorting by ${label} does not mark the column`);
      if (once.rows.length !== before.rows.length && !before.next && !once.next) this.#faults.push(`sorting by ${label} changes how many rows there are`);
      // Some lists are sorted in one direction alone: their link leads to where one is.
      if ((await this.#page.locator('main .list thead th a').nth(n).getAttribute('href')) === new URL(this.#page.url()).pathname + new URL(this.#page.url()).search) continue;
      if (!(await this.#follow(`sorting by ${label} the other way`, () => this.#page.locator('main .list thead th a').nth(n).click()))) continue;
      const twice = await this.#read();
      if (twice.sorted.join() === once.sorted.join()) this.#faults.push(`sorting by ${label} has one direction`);
      if (new Set(once.rows).size > 1 && !once.next && twice.rows.join('\n') === once.rows.join('\n') && new Set(once.rows).size > 3) this.#faults.push(`sorting by ${label} the other way changes nothing`);
    }
    if (columns > 0) await this.#page.goto(this.#url);
  }

  async #tabs(): Promise<void> {
    const tabs = await this.#page.evaluate<string[]>(HREFS('main .tabs a'));
    for (const href of tabs.slice(0, 6)) {
      if (href.startsWith('#')) {
        if ((await this.#page.locator(`[id="${href.slice(1)}"]`).count()) !== 1) this.#faults.push(`the tab ${href} leads nowhere`);
        continue;
      }
      if (!(await this.#follow(`the tab ${href}`, () => this.#page.locator(`main .tabs a[href=${JSON.stringify(href)}]`).first().click()))) continue;
      const shown = await this.#read();
      const current = this.#page.locator('main .tabs [aria-current]');
      if ((await current.count()) !== 1) this.#faults.push(`the tab ${href} is not the current one once it is pressed`);
      else {
        const count = Number(/(\d[\d,]*)\D*$/.exec(await current.innerText())?.[1]?.replaceAll(',', '') ?? NaN);
        const counts = (await current.locator('.tab-count').count()) > 0;
        if (counts && count <= 20 && !shown.next && shown.rows.length !== count) this.#faults.push(`the tab ${href} counts ${count} and shows ${shown.rows.length}`);
      }
    }
    if (tabs.length > 0) await this.#page.goto(this.#url);
  }

  async #pager(begun: Shown): Promise<void> {
    if (!(await this.#follow('the next page', () => this.#page.locator('main .pager a[rel=next]').click()))) return;
    const second = await this.#read();
    const again = second.rows.filter((row) => begun.rows.includes(row));
    if (second.rows.length === 0) this.#faults.push('the next page is empty');
    else if (again.length === second.rows.length) this.#faults.push('the next page shows the same rows');
    if ((await this.#page.locator('main .pager a[rel=prev]').count()) === 0) this.#faults.push('the second page leads not back');
    else if (await this.#follow('the page before', () => this.#page.locator('main .pager a[rel=prev]').click())) {
      const back = await this.#read();
      if (back.rows.join('\n') !== begun.rows.join('\n')) this.#faults.push('the page before is not the one that was left');
    }
  }
}
