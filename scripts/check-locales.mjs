// The two languages have the same files and the same keys. Plural forms differ by language, so `key_one` and
// `key_other` count as one key. English says nothing like "1 months".
import { readdirSync, readFileSync } from 'node:fs';

const folder = new URL('../locales/', import.meta.url);
const [first, ...others] = ['zh-CN', 'en'];
const PLURAL = /_(zero|one|two|few|many|other)$/;

function keysOf(value, prefix) {
  if (typeof value === 'string') return value.trim() === '' ? [`${prefix} (empty)`] : [prefix.replace(PLURAL, '')];
  return Object.entries(value).flatMap(([key, below]) => keysOf(below, prefix === '' ? key : `${prefix}.${key}`));
}

// JSON.parse takes the last of two equal keys, and the words of the first are gone without a sound.
function twice(source) {
  const open = [];
  const found = [];
  for (const [token, key] of source.matchAll(/"((?:[^"\\]|\\.)*)"\s*:|"(?:[^"\\]|\\.)*"|[{}]/g)) {
    if (token === '{') open.push(new Set());
    else if (token === '}') open.pop();
    else if (key !== undefined && open.at(-1).has(key)) found.push(key);
    else if (key !== undefined) open.at(-1).add(key);
  }
  return found;
}

function read(locale) {
  const files = readdirSync(new URL(`${locale}/`, folder)).filter((file) => file.endsWith('.json'));
  return new Set(files.flatMap((file) => {
    const source = readFileSync(new URL(`${locale}/${file}`, folder), 'utf8');
    for (const key of twice(source)) problems.push(`${locale} ${file} has ${key} twice in one place`);
    const words = JSON.parse(source);
    if (locale === 'en') for (const key of unpluralled(words, '')) problems.push(`${locale} ${file}: ${key} counts without a form for one`);
    return keysOf(words, '').map((key) => `${file.slice(0, -'.json'.length)}:${key}`);
  }));
}

// "{{n}} months" says "1 months" of one: a number before a noun in the plural needs key_one and key_other. Bounds are never one.
const COUNTED = /\{\{(?!limit\b|minimum\b|rows\b|year\b)\w+\}\} (?:\w+ )?(?:days|months|years|hours|minutes|rows|records|cases|tasks|files|incidents|events|units|people|times|items|entries|characters)\b/;

function unpluralled(value, prefix) {
  if (typeof value === 'string') return COUNTED.test(value) && !PLURAL.test(prefix) ? [prefix] : [];
  return Object.entries(value).flatMap(([key, below]) => unpluralled(below, prefix === '' ? key : `${prefix}.${key}`));
}

const problems = [];
const all = new Map([first, ...others].map((locale) => [locale, read(locale)]));
for (const [locale, keys] of all) {
  for (const key of keys) {
    if (key.endsWith(' (empty)')) problems.push(`${locale} ${key}`);
    for (const [other, otherKeys] of all) {
      if (!otherKeys.has(key) && !key.endsWith(' (empty)')) problems.push(`${other} has no ${key}, which ${locale} has`);
    }
  }
}
if (problems.length > 0) {
  process.stderr.write(`${problems.join('\n')}\n`);
  process.exitCode = 1;
}
