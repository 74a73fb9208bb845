import type { Locale } from '../../../src/rules/people.ts';

/** Where a fault was seen. */
export interface Place {
  /** Pattern of the page's address, as the application declares it. */
  readonly route: string;
  readonly path: string;
  /** User name, or what kind of visitor it was. */
  readonly role: string;
  /** Whether who comes is of the public. */
  readonly outside: boolean;
  readonly locale: Locale;
  /** Pixels. */
  readonly width: number;
}

/** What the net has caught. A fault is told once for a route, with the first place where it was seen. */
export class Findings {
  readonly #told = new Map<string, string>();

  add({ route, path, role, locale, width }: Omit<Place, 'outside'>, fault: string): void {
    const key = `${route} ${fault.replace(/\d+/g, 'n')}`;
    if (!this.#told.has(key)) this.#told.set(key, `${route} (${path}) · ${role} · ${locale} · ${width} px: ${fault}`);
  }

  /** What was caught since the last time. */
  take(): string[] {
    const all = [...this.#told.values()];
    this.#told.clear();
    return all;
  }
}
