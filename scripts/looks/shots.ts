import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Browser } from 'playwright-core';
import { axeFindings, overflow, smallTargets } from './page-checks.ts';

async function look(browser: Browser, base: string, name: string, folder: string): Promise<string[]> {
  const findings: string[] = [];
  for (const lang of ['zh-CN', 'en']) {
    for (const colorScheme of ['light', 'dark'] as const) {
      for (const width of [1280, 390]) {
        const context = await browser.newContext({ viewport: { width, height: width === 390 ? 844 : 800 }, colorScheme, locale: lang, timezoneId: 'Asia/Shanghai' });
        const page = await context.newPage();
        const label = `${name}-${lang}-${colorScheme}-${width}`;
        page.on('console', (m) => { if (m.type() === 'error') findings.push(`${label}: ${m.text()}`); });
        page.on('pageerror', (e) => findings.push(`${label}: ${e.message}`));
        await page.goto(`${base}/${name}?lang=${lang}`);
        const wider = await overflow(page);
        if (wider > 0) findings.push(`${label}: ${wider} px wider than the screen`);
        for (const f of await axeFindings(page)) findings.push(`${label}: ${f}`);
        for (const f of await smallTargets(page, name === 'public' ? 44 : 24)) findings.push(`${label}: small target ${f}`);
        await page.screenshot({ path: join(folder, `${label}.png`), fullPage: true, ...(name === 'list' ? { clip: { x: 0, y: 0, width, height: 2000 } } : {}) });
        await context.close();
      }
    }
  }
  return findings;
}

/** Pictures of all pages into `folder`; returns what is wrong with them. */
export async function takeShots(base: string, names: readonly string[], folder: string): Promise<string[]> {
  mkdirSync(folder, { recursive: true });
  const browser = await chromium.launch({ executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium', args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] });
  try {
    const findings: string[] = [];
    for (const name of names) findings.push(...await look(browser, base, name, folder));
    const page = await browser.newPage();
    for (const name of ['case', 'public']) {
      await page.goto(`${base}/${name}`);
      await page.pdf({ path: join(folder, `${name}.pdf`), preferCSSPageSize: true, printBackground: true });
    }
    return findings;
  } finally {
    await browser.close();
  }
}
