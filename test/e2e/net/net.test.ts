import { expect } from 'chai';
import { chromium, type Browser, type Page } from 'playwright-core';
import { locales } from '../../../src/rules/people.ts';
import { startCity, type TestCity } from '../../support/city.ts';
import { testStack } from '../../support/stack.ts';
import { insideNote, lookAt, lookClosely, Watch } from './checks.ts';
import { makeHostile, restorePeople, startFullCity } from './city.ts';
import { Findings } from './findings.ts';
import { sendAllButOne, sendEmpty, sendFilled, type Outcome } from './forms.ts';
import { isPressable, ListPresser } from './lists.ts';
import { Finder, inLanguage, type Arrival } from './pages.ts';
import { comeIn, walkers, type Walker } from './walkers.ts';

const WIDTHS = [1280, 390, 320];
/** At a desk and on a telephone, in both languages: what hides a control hides it by width, what loses a word loses it by language, and some by both. */
const HANDS = [{ locale: 'zh-CN', width: 1280 }, { locale: 'en', width: 390 }, { locale: 'zh-CN', width: 390 }, { locale: 'en', width: 1280 }] as const;
type Hand = (typeof HANDS)[number];

/** So long may one thing that is done at a page take; what takes longer stands still, and is named. */
const PATIENCE_AT_A_PAGE_MS = 240_000;

interface FormAt {
  readonly path: string;
  readonly route: string;
  readonly shape: string;
  readonly fillable: boolean;
}

/** What `work` gives. Fails with what was waited for when it takes longer than `ms`. */
async function within<T>(ms: number, what: string, work: Promise<T>): Promise<T> {
  let late: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_resolve, reject) => { late = setTimeout(() => reject(new Error(`${what} takes longer than ${ms / 1000} s`)), ms); });
  try {
    return await Promise.race([work, limit]);
  } finally {
    clearTimeout(late);
  }
}

describe('the net: every page, found by following links', function net() {
  // Pages are many, and nobody knows beforehand how many: what stands still is found page by page.
  this.timeout(3_600_000);
  this.slow(0);
  // All walkers take a quarter of an hour: `XINZHI_NET=all` sends them, `XINZHI_NET=audit,public` these; else the public and an applicant go.
  const sent = (process.env['XINZHI_NET'] ?? 'public,applicant').split(',');
  const everybody = walkers().filter(({ name }) => sent.includes('all') || sent.includes(name));
  let browser: Browser;

  before(async () => {
    browser = await chromium.launch({ executablePath: testStack().chromium ?? '', args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] });
  });
  after(() => browser?.close());

  /** Walks through all pages of a walker; `at` does there what there is to be done. */
  async function walk(city: TestCity, walker: Walker, findings: Findings, at: (arrival: Arrival, page: Page, watch: Watch) => Promise<unknown>): Promise<number> {
    await restorePeople(city.knex);
    const { context, page } = await comeIn(browser, city, walker);
    try {
      const watch = new Watch(page);
      const finder = new Finder(city, page, walker.starts);
      let pages = 0;
      for (let arrival = await finder.next(); arrival !== null; arrival = await finder.next()) {
        pages += 1;
        if (arrival.status >= 400) findings.add({ ...arrival, role: walker.name, locale: 'zh-CN', width: 1280 }, `a link leads to ${arrival.status}`);
        await at(arrival, page, watch);
      }
      return pages;
    } finally {
      await context.close();
    }
  }

  /** Looks in both languages at the pages of routes that nobody has come to before. */
  function looker(city: TestCity, walker: Walker, findings: Findings, seen: Set<string>, { closely }: { closely(route: string): boolean }) {
    return async (arrival: Arrival, page: Page, watch: Watch): Promise<boolean> => {
      if (seen.has(arrival.route)) {
        for (const fault of watch.take()) findings.add({ ...arrival, role: walker.name, locale: 'zh-CN', width: 1280 }, fault);
        return false;
      }
      seen.add(arrival.route);
      for (const locale of locales) {
        const place = { ...arrival, role: walker.name, outside: walker.outside, locale };
        if (locale !== 'zh-CN') await page.goto(`${city.url}${inLanguage(arrival.path, locale)}`);
        await within(PATIENCE_AT_A_PAGE_MS, `${walker.name} looking at ${arrival.path}`, lookAt(page, watch, findings, place, WIDTHS));
        if (closely(arrival.route)) await lookClosely(page, findings, place);
        await page.setViewportSize({ width: 1280, height: 900 });
      }
      await page.goto(`${city.url}${inLanguage(arrival.path, 'zh-CN')}`);
      return true;
    };
  }

  let turn = 0;
  /** What is done once goes round the pairs, so that all of them occur. */
  const nextHand = (): Hand => HANDS[turn++ % HANDS.length]!;

  /** Presses what narrows a list there. */
  async function pressWith({ locale, width }: Hand, city: TestCity, walker: Walker, arrival: Pick<Arrival, 'path' | 'route'>, page: Page, findings: Findings, thoroughly: boolean): Promise<void> {
    await page.setViewportSize({ width, height: 900 });
    await page.goto(`${city.url}${inLanguage(arrival.path, locale)}`);
    const pressed = within(PATIENCE_AT_A_PAGE_MS, `${walker.name} pressing what is at ${arrival.path}, ${locale} at ${width} px,`, new ListPresser(page).press(thoroughly));
    for (const fault of await pressed) findings.add({ ...arrival, role: walker.name, locale, width }, fault);
    await page.setViewportSize({ width: 1280, height: 900 });
  }

  describe('in a city full of cases', () => {
    let city: TestCity;
    const seen = new Set<string>();
    const shapes = new Set<string>();
    const formsOf = new Map<string, FormAt[]>();
    /** Forms that came back with errors, and routes to which forms led, that were looked at closely. */
    const answers = new Set<string>();

    before(async () => { city = await startFullCity(); });
    after(() => city?.close());

    for (const walker of everybody) {
      it(`${walker.name} finds pages that hold at every width, and lists that do what they say`, async () => {
        const findings = new Findings();
        const look = looker(city, walker, findings, seen, { closely: () => true });
        const forms: FormAt[] = [];
        formsOf.set(walker.name, forms);
        const pages = await walk(city, walker, findings, async (arrival, page, watch) => {
          const novel = await look(arrival, page, watch);
          for (const { shape, fillable, filters } of arrival.forms) {
            if (filters || shapes.has(shape)) continue;
            shapes.add(shape);
            forms.push({ path: arrival.path, route: arrival.route, shape, fillable });
          }
          if (!novel || !(await isPressable(page))) return;
          for (const hand of HANDS) await pressWith(hand, city, walker, arrival, page, findings, hand === HANDS[0]);
        });
        expect(findings.take()).to.deep.equal([]);
        expect(pages, 'pages found').to.be.greaterThan(3);
      });
    }

    /** Sends each form of a walker by `send`, with one pair of language and width or with several, and looks at what comes back. */
    async function sendAll(walker: Walker, hands: () => readonly Hand[], send: (page: Page, form: FormAt) => Promise<Outcome | null>): Promise<void> {
      const findings = new Findings();
      await restorePeople(city.knex);
      const { context, page } = await comeIn(browser, city, walker);
      const watch = new Watch(page);
      for (const form of formsOf.get(walker.name) ?? []) {
        const { path, route, shape } = form;
        for (const { locale, width } of hands()) {
          await page.setViewportSize({ width, height: 900 });
          await page.goto(`${city.url}${inLanguage(path, locale)}`);
          watch.take();
          const outcome = await send(page, form);
          if (!outcome) continue;
          const place = { route, path, role: walker.name, outside: walker.outside, locale };
          for (const fault of outcome.faults) findings.add({ ...place, width }, `${shape}: ${fault}`);
          await lookAt(page, watch, findings, place, [320, width]);
          // A page that a form leads to may be one that was looked at.
          const answer = outcome.status >= 400 ? shape : city.routeOf(new URL(page.url()).pathname) ?? shape;
          if (answers.has(answer) || seen.has(answer)) continue;
          answers.add(answer);
          await lookClosely(page, findings, place);
        }
      }
      await context.close();
      expect(findings.take()).to.deep.equal([]);
    }

    for (const walker of everybody) {
      it(`${walker.name} sends every form empty, and reads what is missing`, () =>
        sendAll(walker, () => HANDS, async (page, { shape, fillable }) => (fillable ? sendEmpty(page, shape) : null)));
    }

    for (const walker of everybody) {
      it(`${walker.name} sends every form but for one field, and finds the rest as it was`, () =>
        sendAll(walker, () => [nextHand()], async (page, { shape, fillable }) => (fillable ? sendAllButOne(page, shape) : null)));
    }

    for (const walker of everybody) {
      it(`${walker.name} sends every form filled in, with words that cannot be broken`, () =>
        sendAll(walker, () => [nextHand()], (page, { shape }) => sendFilled(page, shape)));
    }

    it('with names of 200 characters and words that cannot be broken, and after all that was sent, every page holds', async () => {
      const findings = new Findings();
      const again = new Set<string>();
      await makeHostile(city.knex);
      for (const walker of everybody) {
        // What came of the forms is found here for the first time.
        const look = looker(city, walker, findings, again, { closely: (route) => !seen.has(route) });
        await walk(city, walker, findings, async (arrival, page, watch) => {
          if ((await look(arrival, page, watch)) && (await isPressable(page))) await pressWith(nextHand(), city, walker, arrival, page, findings, false);
        });
      }
      expect(findings.take()).to.deep.equal([]);
    });

    it('no letter carries what an office notes for itself', async function letters() {
      // The applicant's link is the first of them.
      if (!everybody.some(({ name }) => name === 'applicant')) this.skip();
      const sentOut: { template: string; text: string }[] = await city.knex('mail').select('template', 'text');
      expect(sentOut.length).to.be.greaterThan(0);
      expect(sentOut.filter(({ text }) => insideNote.test(text)).map(({ template }) => template)).to.deep.equal([]);
    });

    it('every sentence had its words, and a value for each of its places', () => {
      expect([...city.missingWords]).to.deep.equal([]);
    });
  });

  describe('in a city where nothing has happened yet', () => {
    let city: TestCity;
    before(async () => { city = await startCity(); });
    after(() => city?.close());

    it('all find pages that hold', async () => {
      const findings = new Findings();
      const seen = new Set<string>();
      for (const walker of everybody.filter(({ name }) => name !== 'applicant')) {
        const look = looker(city, walker, findings, seen, { closely: () => false });
        await walk(city, walker, findings, async (arrival, page, watch) => {
          if (!(await look(arrival, page, watch)) || !(await isPressable(page))) return;
          await pressWith(nextHand(), city, walker, arrival, page, findings, true);
        });
      }
      expect(findings.take()).to.deep.equal([]);
      expect([...city.missingWords]).to.deep.equal([]);
    });
  });
});
