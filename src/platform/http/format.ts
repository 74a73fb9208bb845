import type { Locale } from '../../rules/people.ts';

/** Numbers in words of the reader's language. Dates are in moments.ts. */
export interface Format {
  /** 1,204 */
  count(value: number): string;
  /** 20,000 元 / CNY 20,000. Takes yuan as a number or a decimal text; fen are shown where there are any. */
  money(yuan: number | string): string;
  /** 2 万元 / CNY 20,000: as standards ask in Chinese; English has no such form. */
  tenThousands(yuan: number | string): string;
  /** 1.2 MB */
  bytes(size: number): string;
}

const DECIMAL = /^-?\d+(?:\.\d+)?$/;
const UNITS = ['B', 'KB', 'MB', 'GB'] as const;

/** Groups the figures of a decimal text by three, without going through a float. */
function grouped(decimal: string): string {
  const [whole = '0', fraction = ''] = decimal.split('.');
  const figures = whole.replace(/\B(?=(?:\d{3})+$)/g, ',');
  return /[1-9]/.test(fraction) ? `${figures}.${fraction.padEnd(2, '0')}` : figures;
}

function decimalOf(value: number | string): string {
  const text = typeof value === 'number' ? value.toFixed(2) : value.trim();
  if (!DECIMAL.test(text)) throw new RangeError(`not an amount: ${text}`);
  return text;
}

/** Divides a decimal text by ten thousand by moving its point, dropping noughts at the end. */
function inTenThousands(decimal: string): string {
  const negative = decimal.startsWith('-') ? '-' : '';
  const [whole = '0', fraction = ''] = decimal.replace('-', '').split('.');
  const padded = whole.padStart(5, '0');
  const moved = `${padded.slice(0, -4)}.${padded.slice(-4)}${fraction}`.replace(/\.?0+$/, '');
  const [head = '0', tail] = moved.split('.');
  return `${negative}${head.replace(/\B(?=(?:\d{3})+$)/g, ',')}${tail === undefined ? '' : `.${tail}`}`;
}

export function createFormat(locale: Locale): Format {
  const english = locale === 'en';
  const money = (yuan: number | string): string => {
    const figures = grouped(decimalOf(yuan));
    return english ? `CNY ${figures}` : `${figures} 元`;
  };
  return {
    count: (value) => grouped(String(Math.trunc(value))),
    money,
    tenThousands: (yuan) => (english ? money(yuan) : `${inTenThousands(decimalOf(yuan))} 万元`),
    bytes(size) {
      let value = size;
      let unit = 0;
      while (value >= 1024 && unit < UNITS.length - 1) {
        value /= 1024;
        unit += 1;
      }
      const rounded = unit === 0 || value >= 10 ? String(Math.round(value)) : value.toFixed(1).replace(/\.0$/, '');
      return `${rounded} ${UNITS[unit] ?? 'GB'}`;
    },
  };
}
