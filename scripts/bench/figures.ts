/** Times of one thing, in milliseconds. */
export interface Times {
  readonly p50: number;
  readonly p95: number;
}

function quantile(sorted: readonly number[], q: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? Number.NaN;
}

export function timesOf(samples: readonly number[]): Times {
  const sorted = samples.toSorted((a, b) => a - b);
  return { p50: quantile(sorted, 0.5), p95: quantile(sorted, 0.95) };
}

export const ms = (value: number): string => `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`;

/** A ratio with the goal it is held against. */
export function against(ratio: number, goal: number): string {
  return `${ratio.toFixed(2)} ×${ratio <= goal ? '' : ` (goal ${goal})`}`;
}

/** Lines of a table, columns as wide as their widest cell; the first is text, the others numbers. */
export function table(rows: readonly (readonly string[])[]): string[] {
  const widths = rows.reduce<number[]>((most, row) => row.map((cell, n) => Math.max(most[n] ?? 0, cell.length)), []);
  return rows.map((row) => row.map((cell, n) => (n === 0 ? cell.padEnd(widths[n]!) : cell.padStart(widths[n]!))).join('   ').trimEnd());
}
