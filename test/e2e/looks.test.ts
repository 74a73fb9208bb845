import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import { createI18n } from '../../src/platform/i18n.ts';
import { axeFindings, overflow, smallTargets } from '../../scripts/looks/page-checks.ts';
import { createLooks, SPECIMENS } from '../../scripts/looks.ts';
import { testStack } from '../support/stack.ts';

describe('the looks of every partial, in a browser', () => {
  let server: Server;
  let browser: Browser;
  let base: string;

  before(async () => {
    server = createServer(createLooks(createI18n()));
    await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    browser = await chromium.launch({
      executablePath: testStack().chromium ?? '', args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
    });
  });
  after(async () => {
    await browser?.close();
    server.close();
  });

  async function open(path: string, options: BrowserContextOptions, act: (page: Page) => Promise<void>): Promise<void> {
    const context = await browser.newContext(options);
    try {
      const page = await context.newPage();
      await page.goto(`${base}${path}`);
      await act(page);
    } finally {
      await context.close();
    }
  }

  const wide = { viewport: { width: 1280, height: 800 } };
  const phone = { viewport: { width: 390, height: 844 } };

  for (const name of SPECIMENS) {
    for (const [screen, options] of [['1280 px, light', wide], ['390 px, dark', { ...phone, colorScheme: 'dark' as const }]] as const) {
      it(`"${name}" at ${screen} fits, is large enough to press, and passes axe`, async () => {
        await open(`/${name}`, options, async (page) => {
          expect(await overflow(page), 'pixels wider than the screen').to.equal(0);
          expect(await smallTargets(page, name === 'public' ? 44 : 24)).to.deep.equal([]);
          expect(await axeFindings(page)).to.deep.equal([]);
        });
      });
    }
  }

  it('axe would find a fault if there were one', async () => {
    await open('/plain', wide, async (page) => {
      await page.evaluate(`document.querySelector('label').remove()`);
      expect((await axeFindings(page)).join()).to.contain('label');
    });
  });

  it('an opened "why this day" passes axe and closes with Escape', async () => {
    await open('/case', wide, async (page) => {
      await page.click('.why summary');
      expect(await page.isVisible('.why-body')).to.equal(true);
      expect(await axeFindings(page)).to.deep.equal([]);
      await page.keyboard.press('Escape');
      expect(await page.isVisible('.why-body')).to.equal(false);
    });
  });

  it('without script the menu of a telephone and "why this day" open all the same', async () => {
    await open('/case', { ...phone, javaScriptEnabled: false }, async (page) => {
      expect(await page.isVisible('.topbar-menu nav')).to.equal(false);
      await page.click('.topbar-menu summary');
      expect(await page.isVisible('.topbar-menu nav')).to.equal(true);
      expect(await page.isVisible('.topbar-menu form[action="/logout"] button')).to.equal(true);
      await page.click('.topbar-menu summary');
      await page.click('.why summary');
      expect(await page.isVisible('.why-body')).to.equal(true);
    });
  });

  it('a code is checked when its field is left, beside the field', async () => {
    await open('/form', wide, async (page) => {
      await page.fill('#uscc', '9132');
      await page.focus('#title');
      await page.waitForSelector('.field-check[data-ok="false"]');
      expect(await page.textContent('.field-check')).to.equal('4/18');
      expect(await page.getAttribute('#uscc', 'aria-invalid')).to.equal('true');
      await page.fill('#uscc', '91321300MA1TE8T08Y');
      await page.focus('#title');
      await page.waitForSelector('.field-check[data-ok="true"]');
      expect(await page.getAttribute('#uscc', 'aria-invalid')).to.equal('false');
    });
  });

  it('a check that cannot be made says so, and does not call the code wrong', async () => {
    await open('/form', wide, async (page) => {
      await page.route('**/api/check/code**', (route) => route.abort());
      await page.fill('#uscc', '9132');
      await page.focus('#title');
      await page.waitForFunction(`document.querySelector('.field-check').textContent.includes('暂时无法核对')`);
      expect(await page.getAttribute('.field-check', 'data-ok')).to.equal(null);
    });
  });

  it('a form clicked twice is sent once, and a half-filled one asks before it is left', async () => {
    await open('/form', wide, async (page) => {
      let sent = 0;
      await page.route('**/form', (route) => {
        if (route.request().method() !== 'POST') return route.continue();
        sent += 1;
        // The browser stays on the page, as it does while an answer is awaited.
        return route.fulfill({ status: 204 });
      });
      await page.fill('#title', '改过');
      let asked = false;
      page.once('dialog', (dialog) => { asked = true; void dialog.dismiss(); });
      await page.click('.side a[href="/list"]');
      await page.waitForTimeout(200);
      expect(asked, 'asked before leaving').to.equal(true);
      await page.evaluate(`(() => { const b = document.querySelector('main .btn-primary'); b.click(); b.click(); })()`);
      await page.waitForFunction(`document.querySelector('main .btn-primary').getAttribute('aria-busy') === 'true'`);
      await page.waitForTimeout(200);
      expect(sent).to.equal(1);
    });
  });

  it('the first key press leads to the skip link, which leads past the navigation', async () => {
    await open('/list', wide, async (page) => {
      await page.keyboard.press('Tab');
      expect(await page.evaluate('document.activeElement.className')).to.equal('skip-link');
      await page.keyboard.press('Enter');
      expect(await page.evaluate('document.activeElement.id')).to.equal('main');
    });
  });

  it('errors are where the reader is looking, and lead to their fields', async () => {
    await open('/form', wide, async (page) => {
      expect(await page.evaluate('document.activeElement.className')).to.equal('error-summary');
      await page.click('.error-summary a[href="#sex"]');
      expect(await page.evaluate('document.activeElement.id')).to.equal('sex');
    });
  });

  it('on paper there is no navigation, and what is folded on the screen is shown', async () => {
    await open('/case', wide, async (page) => {
      await page.emulateMedia({ media: 'print' });
      for (const part of ['.topbar', '.side', '.crumbs', '.tabs', '.why-label']) expect(await page.isVisible(part), part).to.equal(false);
      expect(await page.isVisible('.print-number')).to.equal(true);
      expect(await page.isVisible('.history-group:not([open]) .entry')).to.equal(true);
    });
  });
});
