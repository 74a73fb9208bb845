import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

interface Violation {
  id: string;
  nodes: { target: string[]; failureSummary: string }[];
}

/** What axe (WCAG 2.2 AA and its best practices) has against the page, one line a node; needs a page that allows evaluation. */
export async function axeFindings(page: Page): Promise<string[]> {
  const violations = await page.evaluate<Violation[]>(`(async () => { ${AXE}; return (await axe.run(document, { runOnly: ${JSON.stringify(TAGS)}, resultTypes: ['violations'] })).violations; })()`);
  return violations.flatMap((v) => v.nodes.map((n) => `${v.id} ${n.target.join(' ')}: ${n.failureSummary.replaceAll('\n', ' ')}`));
}

/** Runs in the page, so it is text: this project is compiled without the browser's types. */
const SMALL_TARGETS = `(least) => {
  const inText = (el) => el.tagName === 'A' && ['P', 'DD', 'LI'].includes(el.parentElement.tagName)
    && el.parentElement.textContent.trim().length > el.textContent.trim().length;
  return [...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary')].flatMap((el) => {
    const box = (el.closest('label') ?? el).getBoundingClientRect();
    const shown = box.width > 1 && box.height > 1 && el.checkVisibility({ visibilityProperty: true }) && !el.matches('.skip-link');
    const small = box.height < least || box.width < least;
    return shown && small && !inText(el) ? [el.outerHTML.slice(0, 90) + ' ' + Math.round(box.width) + '×' + Math.round(box.height)] : [];
  });
}`;

/** Everything on the page that can be pressed and is smaller than `least` pixels; links in running text are left out, as WCAG does. */
export async function smallTargets(page: Page, least: number): Promise<string[]> {
  return await page.evaluate<string[]>(`(${SMALL_TARGETS})(${least})`);
}

/** By how many pixels the page is wider than the screen. */
export async function overflow(page: Page): Promise<number> {
  return await page.evaluate<number>('document.documentElement.scrollWidth - document.documentElement.clientWidth');
}
