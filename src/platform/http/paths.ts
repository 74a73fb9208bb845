const BASE = 'http://xinzhi.invalid';

/**
 * The path and query of a local address, or null: whatever would lead to another site is not local,
 * in all the spellings browsers take for one (`//host`, `/\host`, control characters).
 */
export function localPath(value: unknown): string | null {
  if (typeof value !== 'string' || value.length > 2000 || !/^\/(?![/\\])/u.test(value)) return null;
  if (/[\p{Cc}\\]/u.test(value) || !URL.canParse(value, BASE)) return null;
  const url = new URL(value, BASE);
  return url.origin === BASE ? `${url.pathname}${url.search}` : null;
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
