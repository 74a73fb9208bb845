import type { Page } from 'playwright-core';
import { axeFindings } from '../../../scripts/looks/page-checks.ts';
import type { Findings, Place } from './findings.ts';

/** What can be read off any page. Runs in the page, so it is text: this project is compiled without the browser's types. */
const LOOK = `() => {
  const faults = [];
  const screen = document.documentElement.clientWidth;
  const wider = document.documentElement.scrollWidth - screen;
  if (wider > 0) {
    const wide = [...document.body.querySelectorAll('*')].filter((el) => el.getBoundingClientRect().right > screen + 0.5 && el.checkVisibility());
    const inner = wide.filter((el) => ![...el.children].some((child) => wide.includes(child)));
    faults.push(wider + ' px wider than the screen by ' + inner.slice(0, 2).map((el) => el.outerHTML.replace(/\\s+/g, ' ').slice(0, 120) + ' in ' + el.parentElement.outerHTML.slice(0, 60)).join(' and '));
  }
  for (const frame of document.querySelectorAll('.table-frame')) {
    if (screen >= 1280 && frame.scrollWidth > frame.clientWidth + 1) faults.push('the table "' + (frame.querySelector('caption')?.textContent ?? '').trim() + '" is ' + (frame.scrollWidth - frame.clientWidth) + ' px wider than its place');
  }
  const heads = document.querySelectorAll('h1').length;
  if (heads !== 1 && document.querySelector('.skip-link')) faults.push(heads + ' headings of the first rank');
  const shown = document.body.innerText;
  const said = /(?:^|[\\n\\t])null(?:\\s|$)|null null|\\b(?:undefined|NaN|\\[object Object\\]|Invalid Date)\\b|\\{\\{|\\b(?:ui|common|errors|tasks|cases|records|stages):[a-z]\\w*\\.[\\w.]+/.exec(shown);
  if (said) faults.push('it says ' + JSON.stringify(shown.slice(Math.max(0, said.index - 30), said.index + 40)));
  if (document.documentElement.lang === 'en') {
    const one = /(?:^|[^\\d.,:-])1 (?:days|months|years|hours|minutes|weeks|working days|calendar days|rows|records|cases|tasks|files|incidents|events|units|items|entries|errors|times)\\b/.exec(shown);
    if (one) faults.push('it says ' + JSON.stringify(shown.slice(Math.max(0, one.index - 30), one.index + 40)));
  }
  for (const field of document.querySelectorAll('.field')) {
    const text = field.textContent;
    if (field.querySelector('.field-optional') && /必填|须填写/.test(text)) faults.push('optional and required at once: ' + text.trim().replace(/\\s+/g, ' ').slice(0, 80));
    if (field.querySelector('.field-optional') && /请填写此项。|Fill this in\\./.test(text)) faults.push('asked for, and called optional: ' + text.trim().replace(/\\s+/g, ' ').slice(0, 80));
  }
  return faults;
}`;

const FOLDED = `() => [...document.querySelectorAll('main details')].filter((one) => !one.closest('.no-print, .filter-bar, .task-act') && !one.classList.contains('task-act')
  && [...one.children].some((child) => child.tagName !== 'SUMMARY' && child.textContent.trim() !== '' && !child.checkVisibility({ contentVisibilityAuto: true })))
  .map((one) => one.querySelector('summary').textContent.trim().slice(0, 60))`;

/** What an office writes beside a rule for itself: that a number is a local default, or waits for somebody's word. */
export const insideNote = /本地默认|待[\p{Script=Han}]{0,6}办确认|\[M\]/u;

/** Listens to everything a page does wrong by itself. What the browser cuts off when it leads away is no fault. */
export class Watch {
  readonly #heard: string[] = [];

  constructor(page: Page) {
    page.on('console', (message) => {
      // The status of a page itself is looked at where the page is.
      if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) this.#heard.push(`console: ${message.text()}`);
    });
    page.on('pageerror', (error) => this.#heard.push(`script: ${error.message}`));
    page.on('requestfailed', (request) => {
      const why = request.failure()?.errorText ?? '';
      if (!why.includes('ERR_ABORTED')) this.#heard.push(`${request.method()} ${new URL(request.url()).pathname} failed: ${why}`);
    });
    page.on('response', (response) => {
      if (response.status() >= 400 && !response.request().isNavigationRequest()) this.#heard.push(`${new URL(response.url()).pathname} answered ${response.status()}`);
    });
  }

  /** What was heard since the last time. */
  take(): string[] {
    return this.#heard.splice(0);
  }
}

/** Looks at the page at these widths. */
export async function lookAt(page: Page, watch: Watch, findings: Findings, place: Omit<Place, 'width'>, widths: readonly number[]): Promise<void> {
  for (const width of widths) {
    await page.setViewportSize({ width, height: 900 });
    for (const fault of await page.evaluate<string[]>(`(${LOOK})()`)) findings.add({ ...place, width }, fault);
  }
  for (const fault of watch.take()) findings.add({ ...place, width: widths.at(-1) ?? 0 }, fault);
  const note = place.outside ? insideNote.exec(await page.locator('body').innerText()) : null;
  if (note) findings.add({ ...place, width: widths.at(-1) ?? 0 }, `tells the public what is noted for the house: ${note[0]}`);
}

/** What takes longer and is looked at once for a route and language: axe, in Chinese at a desk and in English on a telephone; and the page on paper. */
export async function lookClosely(page: Page, findings: Findings, place: Omit<Place, 'width'>): Promise<void> {
  const width = place.locale === 'en' ? 390 : 1280;
  await page.setViewportSize({ width, height: 900 });
  for (const fault of await axeFindings(page)) findings.add({ ...place, width }, fault);
  if (place.locale === 'en') return;
  await page.emulateMedia({ media: 'print' });
  // What was folded is unfolded with the next frame, as it is before a sheet is printed.
  await page.evaluate('new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))');
  for (const folded of await page.evaluate<string[]>(`(${FOLDED})()`)) findings.add({ ...place, width: 1280 }, `folded away on paper: ${folded}`);
  await page.emulateMedia({ media: 'screen' });
}
