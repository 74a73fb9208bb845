/** What a machine wrote and not a person: ids, hashes, days and instants. */
const byMachine = /^(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{64}|\d{4}-\d{2}-\d{2}(?:T[\d:.]+Z)?)$/;

/** The value with every text in it changed, at whatever depth; keys, numbers, ids, hashes and days stay. */
export function mapTexts<T>(value: T, change: (text: string) => string): T {
  const of = (one: unknown): unknown => {
    if (typeof one === 'string') return byMachine.test(one) ? one : change(one);
    if (Array.isArray(one)) return one.map(of);
    if (typeof one !== 'object' || one === null) return one;
    return Object.fromEntries(Object.entries(one).map(([key, below]) => [key, of(below)]));
  };
  return of(value) as T;
}
