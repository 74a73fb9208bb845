import type { Locator, Page } from 'playwright-core';
import { contradictions, keysOf, outOfOrder, readList, type Choice, type Shown } from './rows.ts';

/** So many pages of a list are turned, and so many choices of one filter tried. */
const MOST_PAGES = 8;
const MOST_TABS = 12;
const MOST_CHOICES = 5;
const PATIENCE_MS = 30_000;

/** Runs in the page: the controls of its filters, each with the values that can be chosen in it, by what stands there first. */
const CONTROLS = `() => [...document.querySelectorAll('main form[role=search]')].flatMap((form, n) => [...form.elements].flatMap((field) => {
  if (!field.name || field.type === 'hidden' || field.tagName === 'BUTTON' || field.disabled) return [];
  const label = (field.labels?.[0]?.textContent ?? '').replace(/\\s+/g, ' ').trim();
  const of = (kind, choices, narrows) => choices.length > 0 ? [{ form: n, name: field.name, label, kind, choices, narrows }] : [];
  if (field.tagName === 'SELECT') {
    const others = [...field.options].filter((option) => option.value !== '' && !option.selected && !option.disabled);
    return of('select', others.map((option) => ({ value: option.value, said: option.textContent.trim() })), field.value === '');
  }
  if (field.type === 'checkbox' || field.type === 'radio') return of('tick', field.checked ? [] : [{ value: field.value, said: label }], field.type === 'checkbox');
  if (field.type === 'date') return of('day', [{ value: '2026-01-15', said: '2026-01-15' }], field.value === '');
  const value = field.type === 'search' || /^q/.test(field.name) ? '有限公司' : 'xyb.handler';
  return of('text', [{ value, said: value }], false);
}))`;

interface Control extends Pick<Choice, 'label' | 'kind'> {
  readonly form: number;
  readonly name: string;
  readonly choices: readonly Pick<Choice, 'value' | 'said'>[];
  /** Nothing was chosen in it, so that whatever is leaves no more than there was. */
  readonly narrows: boolean;
}

/** Runs in the page: where a sort or pager leads. */
const ONWARD = `() => [...document.querySelectorAll('main .list thead a, main .pager a')].map((a) => a.href)`;

const HREFS = (selector: string): string => `[...document.querySelectorAll(${JSON.stringify(selector)})].map((a) => a.getAttribute('href'))`;

/** Whether there is anything on the page that narrows a list or leads through it. */
export const isPressable = (page: Page): Promise<boolean> =>
  page.evaluate<boolean>(`document.querySelector('main form[role=search], main .list thead a, main .tabs a, main .tiles a, main .pager a') !== null`);

/** What a number that is pressed shows: null where there are several lists, or none. */
const shownIn = ({ tables, empty, total }: Shown): number | null => (tables === 1 ? total : tables === 0 && empty ? 0 : null);

/** Whether rows are those of before, but for new ones above them: a log has a line of each look at it. */
function continues(now: readonly string[], before: readonly string[]): boolean {
  const above = now.indexOf(before[0] ?? '');
  const there = now.slice(Math.max(above, 0));
  return above >= 0 && (above > 0 || there.length === before.length) && there.every((key, n) => key === before[n]);
}

/** Everything of a list that can be pressed, and what should come of it. */
export class ListPresser {
  readonly #page: Page;
  readonly #url: string;
  readonly #faults: string[] = [];

  constructor(page: Page) {
    this.#page = page;
    this.#url = page.url();
  }

  /**
   * Presses every filter, sort, tab and pager of the page that is open. `thoroughly` takes one filter after the other, several
   * of its choices, sorts both ways, the numbers that lead to lists, and further pages; else the filters are set together.
   */
  async press(thoroughly: boolean): Promise<string[]> {
    const begun = await readList(this.#page);
    this.#ordered(begun);
    if (thoroughly) await this.#filters(begun);
    else await this.#together();
    await this.#sorts(begun, thoroughly);
    await this.#numbers('tab', 'main .tabs a', '.tab-count', thoroughly ? MOST_TABS : 2);
    if (thoroughly) await this.#numbers('number', 'main .tiles a', '.tile-count', MOST_TABS);
    if (thoroughly && begun.rows.length > 0) await this.#finds(begun);
    if (begun.next) await this.#pager(begun, thoroughly ? MOST_PAGES : 2);
    return this.#faults;
  }

  /** Opens the page again as it was. */
  async #back(): Promise<void> {
    if (this.#page.url() !== this.#url) await this.#page.goto(this.#url);
  }

  #ordered(shown: Shown): void {
    this.#faults.push(...outOfOrder(shown));
  }

  /** Clicks and waits for the page that comes; false where none does, as when the browser refuses to send. */
  async #follow(what: string, click: () => Promise<void>): Promise<boolean> {
    const arrived = this.#page.waitForNavigation({ timeout: PATIENCE_MS }).catch(() => null);
    await click();
    const answer = await arrived;
    if (answer?.ok()) return true;
    this.#faults.push(answer ? `${what} answers ${answer.status()}` : `${what} does nothing when pressed`);
    return false;
  }

  #field({ form, name, kind }: Control, value: string): Locator {
    return this.#page.locator('main form[role=search]').nth(form).locator(`[name="${name}"]${kind === 'tick' ? `[value="${value}"]` : ''}`);
  }

  /** Sets a filter by hand. */
  async #set(control: Control): Promise<void> {
    const { value } = control.choices[0]!;
    await this.#page.evaluate('for (const more of document.querySelectorAll("main form[role=search] details")) more.open = true;');
    const field = this.#field(control, value);
    if (control.kind === 'tick') await field.check();
    else if (control.kind === 'select') await field.selectOption(value);
    else await field.fill(value);
  }

  #apply(form: number): Promise<void> {
    return this.#page.locator('main form[role=search]').nth(form).locator('button:not([disabled], [aria-hidden=true])').first().click();
  }

  /** Whether the choice stands in the address that was come to, as a part of its query. */
  #inAddress(name: string, value: string): boolean {
    const { searchParams, pathname } = new URL(this.#page.url());
    if (searchParams.getAll(name).includes(value)) return true;
    if (!decodeURIComponent(pathname).endsWith(`/${value}`)) this.#faults.push(`the filter ${name}=${value} does not come into the address`);
    return false;
  }

  /** Sets all filters of a form and sends it once. */
  async #together(): Promise<void> {
    const controls = await this.#page.evaluate<Control[]>(`(${CONTROLS})()`);
    for (const form of new Set(controls.map((control) => control.form))) {
      await this.#back();
      const own = controls.filter((control) => control.form === form);
      for (const control of own) await this.#set(control);
      if (!(await this.#follow('filtering', () => this.#apply(form)))) continue;
      // Of radio buttons the last one stays chosen.
      const stays = new Map(own.map((control) => [control.kind === 'tick' && !control.narrows ? control.name : `${control.name} ${control.choices[0]!.value}`, control]));
      for (const { name, choices } of stays.values()) this.#inAddress(name, choices[0]!.value);
      this.#ordered(await readList(this.#page));
    }
  }

  async #filters(begun: Shown): Promise<void> {
    for (const control of await this.#page.evaluate<Control[]>(`(${CONTROLS})()`)) {
      const { form, name, choices } = control;
      const [{ value }] = choices as [Control['choices'][number]];
      await this.#back();
      await this.#set(control);
      if (!(await this.#follow(`the filter ${name}=${value}`, () => this.#apply(form)))) continue;
      const known = this.#inAddress(name, value);
      await this.#narrowed(control, choices[0]!, begun);
      if (!known) continue;
      const address = new URL(this.#page.url());
      for (const choice of choices.slice(1, MOST_CHOICES)) {
        address.searchParams.set(name, choice.value);
        const answer = await this.#page.goto(address.href);
        if (answer?.ok()) await this.#narrowed(control, choice, begun);
        else this.#faults.push(`the filter ${name}=${choice.value} answers ${answer?.status() ?? 'nothing'}`);
      }
    }
  }

  /** What must hold on the page that a filter leads to. */
  async #narrowed(control: Control, choice: Pick<Choice, 'value' | 'said'>, begun: Shown): Promise<void> {
    const { name, label, kind, narrows } = control;
    const what = `the filter ${name}=${choice.value}`;
    const after = this.#field(control, choice.value);
    const kept = kind === 'tick' ? await after.isChecked() : (await after.inputValue()).toLowerCase() === choice.value.toLowerCase();
    if (!kept) this.#faults.push(`${what} is not in its field afterwards`);
    const shown = await readList(this.#page);
    this.#ordered(shown);
    if (begun.rows.length > 0 && shown.rows.length === 0 && !shown.empty) this.#faults.push(`${what} leaves a list that says nothing`);
    if (narrows && begun.tables === 1 && begun.total !== null && shown.total !== null && shown.total > begun.total) this.#faults.push(`${what} shows ${shown.total} where there were ${begun.total}`);
    for (const against of contradictions(shown, { label, kind, ...choice }, begun)) this.#faults.push(`${what} shows ${against}`);
    const { searchParams } = new URL(this.#page.url());
    if (!searchParams.has(name)) return;
    for (const href of await this.#page.evaluate<string[]>(`(${ONWARD})()`)) {
      if (!new URL(href).searchParams.getAll(name).includes(searchParams.get(name)!)) this.#faults.push(`${what} is lost by ${href}`);
    }
  }

  async #sorts(begun: Shown, thoroughly: boolean): Promise<void> {
    await this.#back();
    const links = this.#page.locator('main .list thead th a');
    const columns = await links.count();
    for (let n = 0; n < columns; n += 1) {
      if (thoroughly) await this.#back();
      const link = links.nth(n);
      const label = (await link.innerText()).split('\n')[0]!.trim();
      const box = await link.boundingBox();
      if (!box || box.height < 4) { this.#faults.push(`what sorts by ${label} cannot be seen`); continue; }
      if (!(await this.#follow(`sorting by ${label}`, () => link.click()))) continue;
      const once = await readList(this.#page);
      this.#ordered(once);
      if (!once.sorted.some(({ column }) => column.startsWith(label.slice(0, 4)))) this.#faults.push(`sorting by ${label} does not mark the column`);
      // An order that not every row has a place in may leave the others out, when it says so.
      const leavesOut = once.total !== null && begun.total !== null && once.total < begun.total && once.remarks > begun.remarks;
      if (once.total !== begun.total && !leavesOut) this.#faults.push(`sorting by ${label} changes how many rows there are`);
      if (!thoroughly) continue;
      await this.#keepsSort(label);
      // Some lists are sorted in one direction alone: their link leads to where one is.
      if ((await links.nth(n).getAttribute('href')) === new URL(this.#page.url()).pathname + new URL(this.#page.url()).search) continue;
      if (!(await this.#follow(`sorting by ${label} the other way`, () => links.nth(n).click()))) continue;
      const twice = await readList(this.#page);
      this.#ordered(twice);
      if (JSON.stringify(twice.sorted) === JSON.stringify(once.sorted)) this.#faults.push(`sorting by ${label} has one direction`);
      if (new Set(keysOf(once)).size > 3 && !once.next && keysOf(twice).join('\n') === keysOf(once).join('\n')) this.#faults.push(`sorting by ${label} the other way changes nothing`);
    }
  }

  /** Who filters what is sorted keeps it sorted. */
  async #keepsSort(label: string): Promise<void> {
    const sorted = this.#page.url();
    const button = this.#page.locator('main form[role=search] button:not([disabled], [aria-hidden=true])');
    if ((await button.count()) !== 1) return;
    const before = (await readList(this.#page)).sorted;
    if (!(await this.#follow(`filtering what is sorted by ${label}`, () => button.click()))) return;
    if (JSON.stringify((await readList(this.#page)).sorted) !== JSON.stringify(before)) this.#faults.push(`what is sorted by ${label} is not so once it is filtered`);
    await this.#page.goto(sorted);
  }

  /** Presses what leads to lists, and holds the number on it against the rows that come. */
  async #numbers(what: 'tab' | 'number', selector: string, number: string, most: number): Promise<void> {
    await this.#back();
    const hrefs = await this.#page.evaluate<string[]>(HREFS(selector));
    for (const href of hrefs.slice(0, most)) {
      if (href.startsWith('#')) {
        if ((await this.#page.locator(`[id="${href.slice(1)}"]`).count()) !== 1) this.#faults.push(`the ${what} ${href} leads nowhere`);
        continue;
      }
      const link = this.#page.locator(`${selector}[href=${JSON.stringify(href)}]`).first();
      // Tabs that come may be others than those that were left.
      if ((await link.count()) === 0) await this.#back();
      const said = (await link.locator(number).count()) > 0 ? (await link.locator(number).innerText()).replaceAll(',', '') : '';
      const note = (await link.locator('.tile-note').count()) > 0;
      if (!(await this.#follow(`the ${what} ${href}`, () => link.click()))) continue;
      const shown = await readList(this.#page);
      this.#ordered(shown);
      if (what === 'tab' && (await this.#page.locator('main .tabs [aria-current]').count()) !== 1) this.#faults.push(`the tab ${href} is not the current one once it is pressed`);
      const rows = shownIn(shown);
      if (/^\d+$/.test(said) && !note && rows !== null && rows !== Number(said)) this.#faults.push(`the ${what} ${href} counts ${said} and shows ${rows}`);
      if (what === 'number') await this.#back();
    }
  }

  /** What stands in a list is found in it by its name. */
  async #finds({ rows }: Shown): Promise<void> {
    await this.#back();
    const search = this.#page.locator('main form[role=search] input[type=search]');
    const [sought] = rows;
    if ((await search.count()) !== 1 || !sought?.name) return;
    for (const [words, there] of [[sought.name.slice(0, 60), true], ['没有一个叫这个名字', false]] as const) {
      await search.fill(words);
      if (!(await this.#follow(`looking for ${words}`, () => search.press('Enter')))) return;
      const shown = await readList(this.#page);
      if (there && !shown.rows.some(({ name }) => name === sought.name)) this.#faults.push(`looking for ${words} does not find what is called so`);
      if (!there && (shown.rows.length > 0 || !shown.empty)) this.#faults.push('looking for what is not there does not say so');
      await this.#back();
    }
  }

  async #pager(begun: Shown, most: number): Promise<void> {
    await this.#back();
    const seen = new Set(keysOf(begun));
    const distinct = seen.size === begun.rows.length;
    let shown = begun;
    let pages = 1;
    for (; shown.next && pages < most; pages += 1) {
      if (!(await this.#follow('the next page', () => this.#page.locator('main .pager a[rel=next]').click()))) return;
      shown = await readList(this.#page);
      if (shown.rows.length === 0) this.#faults.push('the next page is empty');
      const again = keysOf(shown).filter((key) => seen.has(key));
      if (distinct && again.length > 0) this.#faults.push(`page ${pages + 1} shows ${again.length} rows that a page before it had`);
      for (const key of keysOf(shown)) seen.add(key);
      if ((await this.#page.locator('main .pager :is(a[rel=prev], a[rel=first])').count()) === 0) { this.#faults.push(`page ${pages + 1} leads not back`); return; }
    }
    if (distinct && !shown.next && begun.total !== null && seen.size !== begun.total) this.#faults.push(`the pages show ${seen.size} rows of ${begun.total}`);
    for (const back = this.#page.locator('main .pager a[rel=prev]'); pages > 1 && (await back.count()) > 0; pages -= 1) {
      if (!(await this.#follow('the page before', () => back.click()))) return;
    }
    if (pages > 1 && !(await this.#follow('the first page', () => this.#page.locator('main .pager a[rel=first]').click()))) return;
    if (!continues(keysOf(await readList(this.#page)), keysOf(begun))) this.#faults.push('the page before is not the one that was left');
  }
}
