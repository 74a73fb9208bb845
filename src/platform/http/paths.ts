import { checkAddress } from './flat.ts';

const BASE = 'http://xinzhi.invalid';

/** A path that a browser takes as one of this site, whatever it makes of it. */
const isOwn = (path: string): boolean => /^\/(?![/\\])/u.test(path) && !/[\p{Cc}\\]/u.test(path);

/**
 * The path and query of a local address, or null: whatever would lead to another site is not local,
 * in all the spellings browsers take for one (`//host`, `/\host`, control characters). It is looked at once more after
 * its dots are worked out, as `/..//host` is `//host` then.
 */
export function localPath(value: unknown): string | null {
  if (typeof value !== 'string' || value.length > 2000 || !isOwn(value) || /\p{Cs}/u.test(value) || !URL.canParse(value, BASE)) return null;
  const url = new URL(value, BASE);
  const path = `${url.pathname}${url.search}`;
  return url.origin === BASE && isOwn(path) && isReadable(path) ? path : null;
}

/** Whether the application answers such an address at all. */
function isReadable(path: string): boolean {
  try {
    checkAddress(path);
    return true;
  } catch {
    return false;
  }
}

/** The path without its query. */
export function pathOnly(path: string): string {
  return path.split('?', 1)[0] ?? path;
}

/** One-time links carry 256 random bits as a part of their path: 43 signs, longer than any id or number. */
const TOKEN_IN_PATH = /(?<=\/)[\w-]{40,}(?=\/|$)/g;

/** The path as it may stand in a log: without its query, which may hold a name, and without what opens a door. */
export function loggedPath(path: string): string {
  return pathOnly(path).replace(TOKEN_IN_PATH, '[token]');
}

/** The address with a query parameter set, or taken away by null. The path must be local. */
export function withQuery(path: string, parameters: Readonly<Record<string, string | null>>): string {
  const url = new URL(path, BASE);
  for (const [name, value] of Object.entries(parameters)) {
    if (value === null) url.searchParams.delete(name);
    else url.searchParams.set(name, value);
  }
  return `${url.pathname}${url.search}`;
}

/** Whether a path is this one or below it, by whole segments. */
export function isBelow(path: string, mount: string): boolean {
  return mount === '/' || path === mount || path.startsWith(`${mount}/`);
}
