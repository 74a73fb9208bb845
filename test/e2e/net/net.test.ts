import { expect } from 'chai';
import { chromium, type Browser } from 'playwright-core';
import { locales } from '../../../src/rules/people.ts';
import { startCity, type TestCity } from '../../support/city.ts';
import { testStack } from '../../support/stack.ts';
import { insideNote, lookAt, lookClosely, Watch } from './checks.ts';
import { makeHostile, restorePeople, startFullCity } from './city.ts';
import { Findings } from './findings.ts';
import { sendEmpty, sendFilled } from './forms.ts';
import { ListPresser } from './lists.ts';
import { Finder, inLanguage, type Arrival } from './pages.ts';
import { comeIn, walkers, type Walker } from './walkers.ts';

const WIDTHS = [1280, 390, 320];
/** What is pressed and sent is so at a desk in Chinese and on a telephone in English: what hides a control hides it by width, what loses a word loses it by language. */
const HANDS = [{ locale: 'zh-CN', width: 1280 }, { locale: 'en', width: 390 }] as const;

/** So long may all that is done at one page take; what takes longer stands still, and is named. */
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
  this.slow(60_000);
  // All walkers take a quarter of an hour: `XINZHI_NET=all` sends them, `XINZHI_NET=audit,public` these; else the public and an applicant go.
  const sent = (process.env['XINZHI_NET'] ?? 'public,applicant').split(',');
  const everybody = walkers().filter(({ name }) => sent.includes('all') || sent.includes(name));
  let browser: Browser;

  before(async () => {
    browser = await chromium.launch({ executablePath: testStack().chromium ?? '', args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] });
  });
  after(() => browser?.close());

  /** Walks through all pages of a walker; `at` does there what there is to be done. */
  async function walk(city: TestCity, walker: Walker, findings: Findings, at: (arrival: Arrival, page: Awaited<ReturnType<typeof comeIn>>['page'], watch: Watch) => Promise<unknown>): Promise<number> {
    await restorePeople(city.knex);
    const { context, page } = await comeIn(browser, city, walker);
    try {
      const watch = new Watch(page);
      const finder = new Finder(city, page, walker.starts);
      let pages = 0;
      for (let arrival = await finder.next(); arrival !== null; arrival = await finder.next()) {
        pages += 1;
        if (arrival.status >= 400) findings.add({ ...arrival, role: walker.name, locale: 'zh-CN', width: 1280 }, `a link leads to ${arrival.status}`);
        await within(PATIENCE_AT_A_PAGE_MS, `${walker.name} at ${arrival.path}, his ${pages}th page`, at(arrival, page, watch));
      }
      return pages;
    } finally {
      await context.close();
    }
  }

  /** Looks in both languages at the pages of routes that nobody has come to before. */
  function looker(city: TestCity, walker: Walker, findings: Findings, seen: Set<string>, { closely }: { closely: boolean }) {
    return async (arrival: Arrival, page: Awaited<ReturnType<typeof comeIn>>['page'], watch: Watch): Promise<boolean> => {
      if (seen.has(arrival.route)) {
        for (const fault of watch.take()) findings.add({ ...arrival, role: walker.name, locale: 'zh-CN', width: 1280 }, fault);
        return false;
      }
      seen.add(arrival.route);
      for (const locale of locales) {
        const place = { ...arrival, role: walker.name, outside: walker.outside, locale };
        if (locale !== 'zh-CN') await page.goto(`${city.url}${inLanguage(arrival.path, locale)}`);
        await lookAt(page, watch, findings, place, WIDTHS);
        if (closely) await lookClosely(page, findings, place);
        await page.setViewportSize({ width: 1280, height: 900 });
      }
      await page.goto(`${city.url}${inLanguage(arrival.path, 'zh-CN')}`);
      return true;
    };
  }

  describe('in a city full of cases', () => {
    let city: TestCity;
    const seen = new Set<string>();
    const shapes = new Set<string>();
    const formsOf = new Map<string, FormAt[]>();
    /** The first page of each route, by who came to it. */
    const firstOf = new Map<string, Arrival[]>();

    before(async () => { city = await startFullCity(); });
    after(() => city?.close());

    for (const walker of everybody) {
      it(`${walker.name} finds pages that hold at every width, and lists that do what they say`, async () => {
        const findings = new Findings();
        const look = looker(city, walker, findings, seen, { closely: true });
        const forms: FormAt[] = [];
        formsOf.set(walker.name, forms);
        const firsts: Arrival[] = [];
        firstOf.set(walker.name, firsts);
        const pages = await walk(city, walker, findings, async (arrival, page, watch) => {
          const novel = await look(arrival, page, watch);
          if (novel) firsts.push(arrival);
          for (const { shape, fillable, filters } of arrival.forms) {
            if (filters || shapes.has(shape)) continue;
            shapes.add(shape);
            forms.push({ path: arrival.path, route: arrival.route, shape, fillable });
          }
          if (!novel) return;
          for (const { locale, width } of HANDS) {
            await page.setViewportSize({ width, height: 900 });
            await page.goto(`${city.url}${inLanguage(arrival.path, locale)}`);
            for (const fault of await new ListPresser(page).press()) findings.add({ ...arrival, role: walker.name, locale, width }, fault);
          }
          await page.setViewportSize({ width: 1280, height: 900 });
        });
        expect(findings.take()).to.deep.equal([]);
        expect(pages, 'pages found').to.be.greaterThan(3);
      });
    }

    for (const walker of everybody) {
      it(`${walker.name} sends every form empty, and reads what is missing`, async () => {
        const findings = new Findings();
        const { context, page } = await comeIn(browser, city, walker);
        const watch = new Watch(page);
        for (const { path, route, shape, fillable } of formsOf.get(walker.name) ?? []) {
          if (!fillable) continue;
          for (const { locale, width } of HANDS) {
            await page.setViewportSize({ width, height: 900 });
            await page.goto(`${city.url}${inLanguage(path, locale)}`);
            watch.take();
            const outcome = await sendEmpty(page, shape);
            const place = { route, path, role: walker.name, outside: walker.outside, locale };
            for (const fault of outcome?.faults ?? []) findings.add({ ...place, width }, `${shape}: ${fault}`);
            if (outcome && outcome.status >= 400) await lookAt(page, watch, findings, place, [320, 1280]);
          }
        }
        await context.close();
        expect(findings.take()).to.deep.equal([]);
      });
    }

    for (const walker of everybody) {
      it(`${walker.name} sends every form filled in, with words that cannot be broken`, async () => {
        const findings = new Findings();
        await restorePeople(city.knex);
        const { context, page } = await comeIn(browser, city, walker);
        const watch = new Watch(page);
        for (const [n, { path, route, shape }] of (formsOf.get(walker.name) ?? []).entries()) {
          const { locale, width } = HANDS[n % HANDS.length]!;
          await page.setViewportSize({ width, height: 900 });
          await page.goto(`${city.url}${inLanguage(path, locale)}`);
          watch.take();
          const outcome = await sendFilled(page, shape);
          const place = { route, path, role: walker.name, outside: walker.outside, locale };
          for (const fault of outcome?.faults ?? []) findings.add({ ...place, width }, `${shape}: ${fault}`);
          if (outcome) await lookAt(page, watch, findings, place, [320, 1280]);
        }
        await context.close();
        expect(findings.take()).to.deep.equal([]);
      });
    }

    it('with names of 200 characters and words that cannot be broken, no page is wider than its screen', async () => {
      const findings = new Findings();
      await restorePeople(city.knex);
      await makeHostile(city.knex);
      for (const walker of everybody) {
        const { context, page } = await comeIn(browser, city, walker);
        const watch = new Watch(page);
        for (const { path, route } of firstOf.get(walker.name) ?? []) {
          for (const locale of locales) {
            await page.goto(`${city.url}${inLanguage(path, locale)}`);
            await lookAt(page, watch, findings, { path, route, role: walker.name, outside: walker.outside, locale }, WIDTHS);
          }
        }
        await context.close();
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
      for (const walker of everybody.filter(({ name }) => name !== 'applicant')) await walk(city, walker, findings, looker(city, walker, findings, seen, { closely: false }));
      expect(findings.take()).to.deep.equal([]);
      expect([...city.missingWords]).to.deep.equal([]);
    });
  });
});
