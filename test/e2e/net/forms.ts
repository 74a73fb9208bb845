import type { Locator, Page } from 'playwright-core';
import { SHAPES, type ShapeOnPage } from './pages.ts';

const PDF = Buffer.from('%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer << /Root 1 0 R >>\n%%EOF\n');
const SHEET = Buffer.from('﻿列一,列二\r\n甲,乙\r\n');
/** So long an answer is waited for; a machine that does much besides is slow. */
const PATIENCE_MS = 60_000;
/** 200 characters that cannot be broken, as nobody should type them and somebody will. */
export const HOSTILE = 'Buduankaidechangbiaoti'.repeat(10).slice(0, 200);
const PLAIN = '核查情况属实';

/** Runs in the form: its controls that a person sees, one line a group of choices. */
const CONTROLS = `(form) => {
  const seen = new Set();
  return [...form.elements].flatMap((field, index) => {
    if (!field.name || field.type === 'hidden' || field.tagName === 'BUTTON' || field.disabled || field.readOnly || !field.checkVisibility()) return [];
    const choice = field.type === 'radio' || field.type === 'checkbox';
    if (field.type === 'radio' && seen.has(field.name)) return [];
    seen.add(field.name);
    return [{
      index, name: field.name, choice, type: field.tagName === 'SELECT' ? 'select' : field.tagName === 'TEXTAREA' ? 'textarea' : field.type, mode: field.inputMode, min: field.min ?? '', max: field.max ?? '',
      accept: field.accept ?? '', code: field.dataset.check !== undefined, once: field.autocomplete === 'one-time-code', wrong: field.getAttribute('aria-invalid') === 'true',
      option: field.tagName === 'SELECT' ? ([...field.options].find((one) => one.value !== '' && !one.disabled)?.value ?? null) : null,
    }];
  });
}`;

interface Control {
  readonly index: number;
  readonly name: string;
  readonly choice: boolean;
  readonly type: string;
  readonly mode: string;
  readonly min: string;
  readonly max: string;
  readonly accept: string;
  readonly code: boolean;
  readonly once: boolean;
  readonly wrong: boolean;
  readonly option: string | null;
}

/** Runs in the form: empties it, and gives the labels of what must be filled in. */
const EMPTY = `(form) => {
  const asked = new Set();
  for (const field of form.elements) {
    if (!field.name || field.type === 'hidden' || field.tagName === 'BUTTON' || field.disabled || field.readOnly) continue;
    if (field.type === 'checkbox' || field.type === 'radio') field.checked = false;
    else if (field.tagName === 'SELECT') { if ([...field.options].some((one) => one.value === '')) field.value = ''; }
    else if (field.type !== 'file') field.value = '';
    if (field.required && field.value === '' && field.checkVisibility()) asked.add(field.name);
  }
  return [...asked];
}`;

/** Runs in the page that comes back: what its list of errors says, held against its fields. */
const ERRORS = `(asked) => {
  const faults = [];
  const words = { 'zh-CN': ['有误：', '请填写此项。'], en: ['Error: ', 'Fill this in.'] }[document.documentElement.lang];
  const box = document.querySelector('.error-summary');
  const listed = new Set();
  if (!document.title.startsWith(words[0])) faults.push('the title does not begin with ' + words[0] + ': ' + document.title);
  for (const line of box ? box.querySelectorAll('li') : []) {
    const said = line.textContent.trim();
    const link = line.querySelector('a');
    if (said === words[1]) faults.push('an error that does not name its field');
    if (!link) continue;
    const field = document.getElementById(link.getAttribute('href').slice(1));
    if (!field) { faults.push('an error leads nowhere: ' + said); continue; }
    const group = field.closest('.field');
    const label = (group?.querySelector('.field-label, .choice')?.firstChild?.textContent ?? group?.querySelector('.choice')?.textContent ?? '').trim();
    if (label && !said.includes(label)) faults.push('an error that does not name its field "' + label + '": ' + said);
    if (!group?.querySelector('.field-error')) faults.push('an error that is not beside its field: ' + said);
    listed.add(field.name ?? '');
    if (group) group.dataset.listed = 'yes';
  }
  for (const error of document.querySelectorAll('.field-error')) {
    const group = error.closest('.field');
    if (!group?.dataset.listed) faults.push('an error beside a field that the list leaves out: ' + error.textContent.trim());
  }
  /* What else is asked may depend on a choice that was not made. */
  const undecided = document.querySelector('main fieldset[data-listed] [type=radio]') !== null;
  for (const name of undecided ? [] : asked) {
    const fields = [...document.querySelectorAll('main [name="' + CSS.escape(name) + '"]')].filter((field) => field.checkVisibility() && field.closest('.field'));
    if (fields.length > 0 && fields.every((field) => !field.closest('.field').querySelector('.field-error'))) faults.push('nothing is said of the empty field ' + name);
  }
  if (!box && document.querySelectorAll('main .notice').length === 0) faults.push('nothing says what was wrong');
  return faults;
}`;

/** Runs in the form: all that stands in it and that may be shown again, a line for each. */
const HELD = `(form) => [...form.elements].flatMap((field) => {
  if (!field.name || ['hidden', 'file', 'password'].includes(field.type) || field.tagName === 'BUTTON' || field.disabled || field.autocomplete === 'one-time-code') return [];
  const choice = field.type === 'radio' || field.type === 'checkbox';
  const values = choice ? (field.checked ? [field.value] : []) : field.multiple ? [...field.selectedOptions].map((one) => one.value) : [field.value.replaceAll('\\r', '').trim()];
  return values.filter((value) => value !== '').map((value) => field.name + ' = ' + value);
})`;

/** Runs in the form: takes away what one required field holds, and gives its name. */
const ONE_LESS = `(form) => {
  const field = [...form.elements].findLast((one) => one.required && one.name && !one.readOnly && !one.disabled && one.value !== '' && one.checkVisibility()
    && (one.tagName === 'TEXTAREA' || ['text', 'date', 'email', 'url', 'datetime-local'].includes(one.type)));
  if (!field) return null;
  field.value = '';
  return field.name;
}`;

/** Runs in the page: what hides the form or a part of it is opened. */
const UNFOLD = `(form) => {
  for (let one = form.parentElement; one; one = one.parentElement) if (one.tagName === 'DETAILS') one.open = true;
  for (const one of form.querySelectorAll('details')) one.open = true;
}`;

/** What came of a form. */
export interface Outcome {
  readonly status: number;
  readonly faults: readonly string[];
}

/** A form of the page that is open, and what stands for it in a script that runs there. */
interface FormHere {
  readonly form: Locator;
  readonly here: string;
}

async function formOf(page: Page, shape: string): Promise<FormHere | null> {
  const at = (await page.evaluate<ShapeOnPage[]>(`(${SHAPES})()`)).findIndex((one) => one.shape === shape);
  if (at < 0) return null;
  const here = `document.querySelectorAll('main form')[${at}]`;
  await page.evaluate(`(${UNFOLD})(${here})`);
  return { form: page.locator('main form').nth(at), here };
}

/** Presses the form's own button, the primary one where it has several; the answer of the page that comes in the end. */
async function send(page: Page, form: Locator): Promise<number | null> {
  const id = await form.getAttribute('id');
  const primary = form.locator('button.btn-primary:not([disabled], [aria-hidden=true])');
  const button = (await primary.count()) > 0 ? primary.last() : form.locator('button:not([disabled], [aria-hidden=true])').first();
  // What is downloaded leaves the page as it is.
  const arrived = Promise.race([page.waitForNavigation({ timeout: PATIENCE_MS }), page.waitForEvent('download', { timeout: PATIENCE_MS }).then(() => null)]).catch(() => null);
  if ((await button.count()) > 0) await button.click({ noWaitAfter: true });
  else if (id !== null) await page.locator(`button[form="${id}"]`).first().click({ noWaitAfter: true });
  return (await arrived)?.status() ?? null;
}

/** A question that is asked by GET may be empty: the page then answers nothing. */
const isQuestion = async (form: Locator): Promise<boolean> => (await form.getAttribute('method')) === 'get';

/** Sends the form of this shape as empty as it can be. Null where the page has it no more. */
export async function sendEmpty(page: Page, shape: string): Promise<Outcome | null> {
  const found = await formOf(page, shape);
  if (!found) return null;
  const asked = await page.evaluate<string[]>(`(${EMPTY})(${found.here})`);
  const asks = await isQuestion(found.form);
  const status = await send(page, found.form);
  if (status === null) return { status: 200, faults: asked.length > 0 ? ['the browser does not send it, and the page says nothing'] : [] };
  if (status >= 500) return { status, faults: [`sent empty, it answers ${status}`] };
  if (status >= 400) return { status, faults: await page.evaluate<string[]>(`(${ERRORS})(${JSON.stringify(asked)})`) };
  return { status, faults: asked.length > 0 && !asks ? [`sent without ${asked.join(', ')}, it is taken`] : [] };
}

function valueFor({ type, mode, min, max, code, once, name }: Control, long: boolean): string {
  if (once) return '000000';
  if (type === 'password') return 'Xinzhi-demo-2026';
  if (type === 'date') return max !== '' ? max : min !== '' ? min : '2026-06-01';
  if (type === 'datetime-local') return '2026-06-01T10:00';
  if (type === 'email' || mode === 'email') return 'somebody@firm.example';
  if (type === 'url' || mode === 'url') return `https://www.suqian.example/${long ? HOSTILE : 'notice'}`;
  if (mode === 'numeric' || mode === 'decimal') return '1';
  if (code || /uscc|code/i.test(name)) return '91321300MA1TE8T08T';
  return long ? HOSTILE : PLAIN;
}

/** Fills in every control, or those alone that were found wrong; `long` with words that cannot be broken, where there is room for words. */
async function fill(page: Page, { here }: Pick<FormHere, 'here'>, { long, wrong }: { long: boolean; wrong?: boolean }): Promise<void> {
  // What is chosen may bring other fields into sight.
  for (const choices of [true, false]) {
    for (const control of await page.evaluate<Control[]>(`(${CONTROLS})(${here})`)) {
      if (control.choice !== choices || (wrong && !control.wrong && !choices)) continue;
      // By its place, as a control of the form may stand elsewhere on the page.
      const field = (await page.evaluateHandle(`(${here}).elements[${control.index}]`)).asElement();
      if (!field) continue;
      if (control.choice) await field.check();
      else if (control.type === 'select') { if (control.option !== null) await field.selectOption(control.option); }
      else if (control.type === 'file') await field.setInputFiles(/csv|xlsx/.test(control.accept) && !control.accept.includes('pdf') ? { name: '表.csv', mimeType: 'text/csv', buffer: SHEET } : { name: '材料.pdf', mimeType: 'application/pdf', buffer: PDF });
      else await field.fill(valueFor(control, long));
    }
  }
}

/** What stood in the form and is gone from the one that came back. */
async function lost(page: Page, shape: string, held: readonly string[]): Promise<string[]> {
  const again = await formOf(page, shape);
  if (!again) return [];
  const kept = new Set(await page.evaluate<string[]>(`(${HELD})(${again.here})`));
  return held.filter((line) => !kept.has(line)).map((line) => `what was typed is lost: ${line.slice(0, 60)}`);
}

/** Sends the form filled in but for one field that it asks for: it comes back with that field named and the rest kept. Null where there is no such form or field. */
export async function sendAllButOne(page: Page, shape: string): Promise<Outcome | null> {
  const found = await formOf(page, shape);
  if (!found) return null;
  await fill(page, found, { long: false });
  const left = await page.evaluate<string | null>(`(${ONE_LESS})(${found.here})`);
  if (left === null) return null;
  const held = await page.evaluate<string[]>(`(${HELD})(${found.here})`);
  const asks = await isQuestion(found.form);
  const status = await send(page, found.form);
  if (status === null) return { status: 200, faults: [`without ${left} the browser does not send it, and the page says nothing`] };
  if (status >= 500) return { status, faults: [`without ${left} it answers ${status}`] };
  if (status !== 422) return { status, faults: status < 400 && !asks ? [`sent without ${left}, it is taken`] : [] };
  return { status, faults: [...(await page.evaluate<string[]>(`(${ERRORS})(${JSON.stringify([left])})`)), ...(await lost(page, shape, held))] };
}

/**
 * Sends the form filled in with long words, and once more with short ones in the fields that were found wrong. It is
 * taken, or it comes back with what is wrong and all that was typed.
 */
export async function sendFilled(page: Page, shape: string): Promise<Outcome | null> {
  const faults: string[] = [];
  let status = 200;
  for (const long of [true, false]) {
    const found = await formOf(page, shape);
    if (!found) return long ? null : { status, faults };
    await fill(page, found, { long, wrong: !long });
    const held = await page.evaluate<string[]>(`(${HELD})(${found.here})`);
    const answer = await send(page, found.form);
    if (answer === null) return { status: 200, faults };
    status = answer;
    if (status >= 500) return { status, faults: [...faults, `filled in, it answers ${status}`] };
    if (status !== 422) return { status, faults };
    faults.push(...(await page.evaluate<string[]>(`(${ERRORS})([])`)));
    faults.push(...(await lost(page, shape, held)));
  }
  return { status, faults };
}
