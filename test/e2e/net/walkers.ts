import type { Browser, BrowserContext, Page } from 'playwright-core';
import { demoPeople } from '../../../src/features/demo/people.ts';
import { administratorRoles } from '../../../src/rules/people.ts';
import type { TestCity } from '../../support/city.ts';
import { DEMO_PASSWORD } from '../../support/web.ts';
import { bindApplicant } from './city.ts';

/** Somebody who comes to the pages: how he gets in, and where he begins. */
export interface Walker {
  readonly name: string;
  readonly starts: readonly string[];
  /** One of the public, whom the notes of the house do not reach. */
  readonly outside: boolean;
  signIn(page: Page, city: TestCity): Promise<void>;
}

function staff(username: string): Walker {
  return {
    name: username,
    starts: ['/'],
    outside: false,
    async signIn(page, city) {
      await page.goto(`${city.url}/login`);
      await page.fill('#username', username);
      await page.fill('#password', DEMO_PASSWORD);
      await Promise.all([page.waitForURL((url) => url.pathname !== '/login'), page.press('#password', 'Enter')]);
    },
  };
}

const stranger: Walker = { name: 'public', outside: true, starts: ['/public', '/login', '/api/docs'], signIn: () => Promise.resolve() };

const applicant: Walker = {
  name: 'applicant',
  starts: ['/public/portal'],
  outside: true,
  async signIn(page, { url, knex }) {
    await page.goto(`${url}/public/portal/sign-in`);
    await page.fill('main input[name="mail"]', 'walker@firm.example');
    await Promise.all([page.waitForNavigation(), page.press('main input[name="mail"]', 'Enter')]);
    const letter: { text: string } = await knex('mail').where({ template: 'signInLink' }).orderBy('queued_at', 'desc').first('text');
    await page.goto(`${url}${/\/public\/portal\/sign-in\/[\w-]{43}/.exec(letter.text)![0]}`);
    const { id }: { id: string } = await knex('portal_account').orderBy('created_at', 'desc').first('id');
    if (!(await knex('portal_binding').where({ account_id: id }).first('id'))) await bindApplicant(knex, id);
  },
};

/** One of each role, and of the handlers and heads one more, of a department: what they see differs. Administrators come last, as they can shut others out. */
export function walkers(): Walker[] {
  const chosen = new Map<string, string>();
  for (const [username, , , unit, role] of demoPeople) {
    const kind = role === 'handler' && unit === 'xyb' ? 'handler of the credit office' : role;
    if (!chosen.has(kind)) chosen.set(kind, username);
  }
  const last = new Set<string>(administratorRoles);
  const names = [...chosen].toSorted(([a], [b]) => Number(last.has(a)) - Number(last.has(b))).map(([, username]) => username);
  return [stranger, applicant, ...names.map(staff)];
}

/** Comes in as a browser of its own. */
export async function comeIn(browser: Browser, city: TestCity, walker: Walker): Promise<{ context: BrowserContext; page: Page }> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: 'zh-CN', timezoneId: 'Asia/Shanghai', reducedMotion: 'reduce' });
  context.setDefaultTimeout(15_000);
  const page = await context.newPage();
  // A form that was filled in is left on purpose here.
  page.on('dialog', (dialog) => void dialog.accept().catch(() => undefined));
  await walker.signIn(page, city);
  return { context, page };
}
