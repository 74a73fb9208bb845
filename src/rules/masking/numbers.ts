import { isDate } from '../calendar/index.ts';
import { checkUscc, residentIdCheckCharacter } from '../codes/index.ts';
import type { Find, PersonalKind } from './shadow.ts';

/** A run of digits between separators. */
interface Piece {
  readonly start: number;
  readonly end: number;
  readonly digits: string;
}

/** Digits that may belong together: at most two blanks or hyphens, or one line break, between them. */
const CLUSTER = /\d(?:(?:[ \-·•.]{1,2}|\r?\n)?\d)*(?:[ -]?[xX](?![0-9A-Za-z]))?/g;
const PIECE = /\d+[xX]?|[xX]/g;
const LONGEST_NUMBER = 21;
const LONGEST_CARD = 19;

const ACCOUNT_CUE = /(?:卡号|账号|帐号|账户|帐户|银行卡|存折)[^\d，。；,;]{0,6}$/;
const REGISTRATION_CUE = /(?:信用代码|注册号|许可证|执照|编号|文号|案号|单号|流水号|订单号|登记证|批号|条码|条形码|识别代号|发票|合同号|运单号|快递单号|设备号|型号|备案号)[^\d，。；,;]{0,8}$/;
const ID_CUE = /(?:身份证|身份号码)[^\d，。；,;]{0,8}$/;
const PHONE_CUE = /(?:电话|座机|手机|联系方式|致电|热线|Tel|TEL|tel)[^\d，。；,;]{0,4}$/;

const BIRTH_YEARS = { from: 1850, to: 2099 };
const ID_AREA = /^(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]|9\d)/;

function looksLikeId(digits: string): boolean {
  const year = Number(digits.slice(6, 10));
  return (
    ID_AREA.test(digits) &&
    year >= BIRTH_YEARS.from &&
    year <= BIRTH_YEARS.to &&
    isDate(`${digits.slice(6, 10)}-${digits.slice(10, 12)}-${digits.slice(12, 14)}`)
  );
}

function looksLikeOldId(digits: string): boolean {
  return ID_AREA.test(digits) && isDate(`19${digits.slice(6, 8)}-${digits.slice(8, 10)}-${digits.slice(10, 12)}`);
}

function passesLuhn(digits: string): boolean {
  let sum = 0;
  for (let index = digits.length - 1, double = false; index >= 0; index -= 1, double = !double) {
    const value = Number(digits.charAt(index)) * (double ? 2 : 1);
    sum += value > 9 ? value - 9 : value;
  }
  return sum % 10 === 0;
}

/** What a number is, from its digits and the words before it. */
function kindOf(digits: string, before: string): PersonalKind | null {
  const registration = REGISTRATION_CUE.test(before) && !ID_CUE.test(before);
  if (digits.length === 18) {
    const isId = looksLikeId(digits);
    const idHolds = isId && residentIdCheckCharacter(digits) === digits.charAt(17);
    // A code of figures alone can look like an ID: the words before it decide, or the check that fails.
    if (checkUscc(digits).verdict !== 'bad' && (registration || !idHolds)) return null;
    if (isId) return 'residentId';
  }
  if (digits.endsWith('X')) return null;
  if (ACCOUNT_CUE.test(before) && digits.length >= 9) return 'bankCard';
  if (registration) return null;
  if (digits.length === 15 && looksLikeOldId(digits)) return 'residentId';
  if (/^(?:(?:00)?86)?1[3-9]\d{9}$/.test(digits)) return 'mobile';
  // 62 is issued to banks of this country alone (GB/T 19584), so that a slip of the pen does not hide a card.
  if (digits.length >= 16 && digits.length <= LONGEST_CARD && /^[3-9]/.test(digits) && (digits.startsWith('62') || passesLuhn(digits))) return 'bankCard';
  // 400 and 800 are numbers of firms.
  if (/^(?![48]00)[2-8]\d{6,7}$/.test(digits) && PHONE_CUE.test(before)) return 'landline';
  return null;
}

/** 1990-01-… and 1990-2020-…: the beginning of dates; without the word telephone before them, no mobile in pieces. */
function beginsDate(pieces: readonly Piece[]): boolean {
  const [first, second] = pieces;
  return first !== undefined && second !== undefined && /^(?:19|20)\d\d$/.test(first.digits) && /^(?:0?[1-9]|1[0-2]|(?:19|20)\d\d)$/.test(second.digits);
}

/** A number inside a longer name of letters and digits (a hash, a file name) is no telephone and no card. */
function isEnclosed(shadow: string, start: number, end: number): boolean {
  return /[A-Za-z]/.test(shadow.charAt(start - 1)) && /[A-Za-z]/.test(shadow.charAt(end));
}

/** What a mask left standing is no number of its own: 138****1234. */
function isRemnant(shadow: string, { start, end, digits }: Piece): boolean {
  return digits.length <= 4 && (shadow.startsWith('****', end) || shadow.endsWith('****', start));
}

const LANDLINE = /(?<![\d*])\(?0(?:10|2\d|[3-9]\d{2})\)?[ -]{0,2}[2-8]\d{2,3}[ -]?\d{4}(?![\d*])/g;
const EMAIL = /[A-Za-z0-9._%+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.){1,4}[A-Za-z]{2,18}/g;

/** IDs, mobiles, cards, telephones and mail addresses in a shadow. */
export function findNumbers(shadow: string): Find[] {
  const finds: Find[] = [];
  for (const cluster of shadow.matchAll(CLUSTER)) {
    const pieces: Piece[] = [];
    for (const piece of cluster[0].matchAll(PIECE)) {
      const start = cluster.index + piece.index;
      pieces.push({ start, end: start + piece[0].length, digits: piece[0].toUpperCase() });
    }
    finds.push(...findInCluster(shadow, pieces));
  }
  for (const match of shadow.matchAll(LANDLINE)) {
    finds.push({ start: match.index, end: match.index + match[0].length, kind: 'landline' });
  }
  for (const match of shadow.matchAll(EMAIL)) {
    const [, host = ''] = match[0].split('@');
    // Mailboxes of authorities are published on purpose, and one that is masked already stays.
    if (/(?:^|\.)gov\.cn$/i.test(host)) continue;
    finds.push({ start: match.index, end: match.index + match[0].length, kind: 'email' });
  }
  return finds;
}

/** Numbers of which nobody can say by rule whose they are: an ID or a telephone of a wrong length, a long number without a word. */
export function findDoubtfulNumbers(shadow: string): Find[] {
  const finds: Find[] = [];
  for (const { index, 0: digits } of shadow.matchAll(/(?<![\dA-Za-z*〕\])_.-])\d{6,21}(?![\dA-Za-z*.-])/g)) {
    const before = shadow.slice(Math.max(0, index - 16), index);
    const cued = ID_CUE.test(before) || PHONE_CUE.test(before) || ACCOUNT_CUE.test(before);
    const long = digits.length >= 15 && digits.length <= LONGEST_CARD && !/^(?:19|20)\d\d(?:0[1-9]|1[0-2])/.test(digits) && !REGISTRATION_CUE.test(before)
      && !(digits.length === 18 && checkUscc(digits).verdict !== 'bad');
    if (cued || long) finds.push({ start: index, end: index + digits.length, kind: ID_CUE.test(before) ? 'residentId' : PHONE_CUE.test(before) ? 'landline' : 'bankCard' });
  }
  return finds;
}

function findInCluster(shadow: string, pieces: readonly Piece[]): Find[] {
  const finds: Find[] = [];
  const taken = pieces.map((piece) => isRemnant(shadow, piece));
  const judge = (from: number, to: number): PersonalKind | null => {
    const parts = pieces.slice(from, to + 1);
    const first = parts[0];
    const last = parts.at(-1);
    if (!first || !last) return null;
    const before = shadow.slice(Math.max(0, first.start - 16), first.start);
    if (parts.length > 1 && beginsDate(parts) && !PHONE_CUE.test(before)) return null;
    if (isEnclosed(shadow, first.start, last.end)) return null;
    const kind = kindOf(parts.map(({ digits }) => digits).join(''), before);
    const afterLetter = /[A-Za-z]/.test(shadow.charAt(first.start - 1));
    return kind === 'bankCard' && afterLetter ? null : kind;
  };
  const take = (from: number, to: number, kind: PersonalKind): void => {
    const start = pieces[from]?.start ?? 0;
    finds.push({ start, end: pieces[to]?.end ?? start, kind });
    taken.fill(true, from, to + 1);
  };

  // Whole numbers first: of "2026-09-24 13812345678" only the second is one.
  pieces.forEach((_, index) => {
    const kind = taken[index] ? null : judge(index, index);
    if (kind) take(index, index, kind);
  });
  for (let from = 0; from < pieces.length; from += 1) {
    let length = 0;
    let best: { to: number; kind: PersonalKind } | null = null;
    for (let to = from; to < pieces.length && !taken[to]; to += 1) {
      length += pieces[to]?.digits.length ?? 0;
      if (length > LONGEST_NUMBER) break;
      const kind = to > from ? judge(from, to) : null;
      if (kind) best = { to, kind };
    }
    if (best) take(from, best.to, best.kind);
  }
  return finds;
}
