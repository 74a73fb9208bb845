/** What a cell's format makes of its number. `zeros`: so many figures at least, as a document number 0012. */
export type Shown = { readonly as: 'number' } | { readonly as: 'day' | 'time' | 'duration' } | { readonly as: 'zeros'; readonly figures: number };

const asNumber: Shown = { as: 'number' };

/**
 * Formats that have a number and no text: ISO/IEC 29500-1, 18.8.30. Of 27 to 36 and 50 to 58 the Chinese, Japanese and
 * Korean programs have dates, of 71 to 81 the Thai; 32 to 35 and 55 to 56 are partly of the time of day in Chinese.
 */
const days: ReadonlySet<number> = new Set([14, 15, 16, 17, 22, 27, 28, 29, 30, 31, 36, 50, 51, 52, 53, 54, 57, 58, 71, 72, 73, 74, 81]);
const times: ReadonlySet<number> = new Set([18, 19, 20, 21, 32, 33, 34, 35, 45, 47, 55, 56, 75, 76, 77, 78, 80]);
const durations: ReadonlySet<number> = new Set([46, 79]);

/** What does not speak of days in a format: quoted and escaped signs, spaces of a sign's width, fillings, colours and places. */
const UNSAID = /"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]/giu;
/** The word for no format at all, in the languages whose programs write it down. */
const GENERAL = /^(?:g\/通用格式|g\/標準|general|standard)/i;

/** What a format in words makes of a positive number. */
export function shownByCode(code: string): Shown {
  const [section = ''] = code.replace(UNSAID, '').split(';');
  if (GENERAL.test(section.trim())) return asNumber;
  if (/^\s*0{2,}\s*$/.test(section)) return { as: 'zeros', figures: section.trim().length };
  // Figures of thousands and powers of ten: 0.00E+00.
  const said = section.replace(/e[+-]/gi, '').toLowerCase();
  if (/\[[hms]+\]/.test(said)) return { as: 'duration' };
  if (/[ydge]|a{3,}/.test(said)) return { as: 'day' };
  if (/[hs]|am\/pm|a\/p|上午/.test(said)) return { as: 'time' };
  return said.includes('m') ? { as: 'day' } : asNumber;
}

/** What a format makes of a number: by its own text, or by its number where it is built in. */
export function shownBy(id: number, code: string | undefined): Shown {
  if (code !== undefined) return shownByCode(code);
  if (days.has(id)) return { as: 'day' };
  if (times.has(id)) return { as: 'time' };
  return durations.has(id) ? { as: 'duration' } : asNumber;
}

const DAY_MS = 86_400_000;
/** 9999-12-31. */
const lastSerial = 2_958_465;

const two = (n: number): string => String(n).padStart(2, '0');
const clock = (seconds: number): string => {
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return `${two(hours)}:${two(minutes)}${rest === 0 ? '' : `:${two(rest)}`}`;
};

/** A whole day of a workbook's count as YYYY-MM-DD. The count from 1900 has a 29 February of that year, which never was. */
function dayText(day: number, from1904: boolean): string {
  if (!from1904 && day === 60) return '1900-02-29';
  const start = from1904 ? Date.UTC(1904, 0, 1) : Date.UTC(1899, 11, day < 60 ? 31 : 30);
  return new Date(start + day * DAY_MS).toISOString().slice(0, 10);
}

/**
 * A number that its format shows as a day, with the time of day where it has one: `2026-09-04`, `2026-09-04 10:30`; a
 * time alone as `10:30`. Null for what is no day: negative, or after 9999.
 */
export function momentText(serial: number, as: 'day' | 'time' | 'duration', from1904: boolean): string | null {
  if (serial < 0 || serial >= lastSerial + 1) return null;
  const seconds = Math.round(serial * 86_400);
  if (as === 'duration') return clock(seconds);
  const day = Math.floor(seconds / 86_400);
  const rest = seconds % 86_400;
  // A time of day is the part of a day that has gone by. What has a day is one, also where only its time is shown.
  if (day === 0 && (as === 'time' || (rest > 0 && !from1904))) return clock(rest);
  return rest === 0 ? dayText(day, from1904) : `${dayText(day, from1904)} ${clock(rest)}`;
}

/** A day that is written as a text in the file itself, in the strict form of the standard. */
export const isoText = (text: string): string => text.replace(/Z$/, '').replace(/T00:00(?::00(?:\.0+)?)?$/, '').replace('T', ' ').replace(/(?<=\d\d:\d\d:\d\d)\.\d+$/, '');

/** A number as a spreadsheet shows it: fifteen figures, without the dust of binary fractions. */
export function numberText(value: number): string {
  const exact = Number(value.toPrecision(15));
  return Math.abs(exact) < 1e-6 && exact !== 0 ? exact.toFixed(15).replace(/0+$/, '') : String(exact);
}
