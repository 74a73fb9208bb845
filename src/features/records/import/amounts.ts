import type { AmountUnit } from './columns.ts';

/** An amount of 万元 has six places at most: the last is a fen. */
export const placesOf: Readonly<Record<AmountUnit, number>> = { tenThousand: 6, yuan: 2 };
const shift: Readonly<Record<AmountUnit, number>> = { tenThousand: 4, yuan: 0 };

/** A cell of an amount as it is compared: half-width, without grouping and without the sign of the currency. */
const plainAmount = (cell: string): string => cell.normalize('NFKC').replace(/[,\s¥￥]/g, '').replace(/^人民币/, '');

/**
 * An amount of a cell in yuan, as a decimal text; empty for an empty cell, null for what is no number or has parts of a
 * fen. Worked on figures, not on fractions: 0.2 万元 are exactly 2000 yuan.
 */
export function yuanOf(cell: string, unit: AmountUnit): string | null {
  const plain = plainAmount(cell);
  if (plain === '') return '';
  // A cell may name its own unit.
  const named = /^(\d+(?:\.\d+)?)(万元|元)$/.exec(plain);
  if (named) return yuanOf(named[1]!, named[2] === '万元' ? 'tenThousand' : 'yuan');
  const parts = /^(\d{1,11})(?:\.(\d+))?$/.exec(plain);
  if (!parts) return null;
  const [, whole = '', written = ''] = parts;
  const fraction = written.replace(/0+$/, '');
  if (fraction.length > placesOf[unit]) return null;
  const figures = fraction.padEnd(shift[unit], '0');
  const yuan = `${whole}${figures.slice(0, shift[unit])}`.replace(/^0+(?=\d)/, '');
  const fen = figures.slice(shift[unit]);
  return fen === '' ? yuan : `${yuan}.${fen}`;
}

/** The other way round, for a table of the standard: yuan with at most two places, in 万元. */
export function tenThousandsOf(yuan: number): string {
  const fen = String(Math.round(yuan * 100)).padStart(7, '0');
  return `${fen.slice(0, -6)}.${fen.slice(-6)}`.replace(/\.?0+$/, '');
}

const digits: ReadonlyMap<string, number> = new Map(
  ['零〇', '一壹', '二贰两', '三叁', '四肆', '五伍', '六陆', '七柒', '八捌', '九玖'].flatMap((signs, value) => [...signs].map((sign): [string, number] => [sign, value])),
);
const tens: ReadonlyMap<string, number> = new Map([['十', 10], ['拾', 10], ['百', 100], ['佰', 100], ['千', 1000], ['仟', 1000]]);

/** A whole number in Chinese numerals: 贰万叁仟伍佰 is 23,500. Null for what is none. */
export function chineseNumber(text: string): number | null {
  let total = 0;
  let section = 0;
  let digit: number | null = null;
  for (const sign of text) {
    const value = digits.get(sign);
    const ten = tens.get(sign);
    if (value !== undefined) digit = value;
    else if (ten !== undefined) {
      section += (digit ?? 1) * ten;
      digit = null;
    } else if (sign === '万' || sign === '萬' || sign === '亿') {
      const below = section + (digit ?? 0);
      total = sign === '亿' ? (total + below) * 1e8 : total + below * 1e4;
      section = 0;
      digit = null;
    } else return null;
  }
  return text === '' ? null : total + section + (digit ?? 0);
}

const NUMERAL = '[\\d,，.]+|[零〇一二两三四五六七八九十百千万萬亿壹贰叁肆伍陆柒捌玖拾佰仟]+';
/** Between the word and its amount nothing but what such sentences have there. */
const BETWEEN = '(?:金额|共计|合计|计|人民币|[:\\s为()])*';

const stated = (word: string): readonly RegExp[] => [
  new RegExp(`${word}${BETWEEN}(${NUMERAL})\\s*(万|萬|亿)?\\s*[元圆]`, 'gu'),
  new RegExp(`(${NUMERAL})\\s*(万|萬|亿)?\\s*[元圆](?:整)?(?:人民币)?(?:整)?的?${word}`, 'gu'),
];
const sentences = { fine: stated('(?:罚款|罚金)'), confiscated: stated('(?:没收|违法所得|非法所得|违法收入)(?:[^，。；;,\\d]{0,8}?)') } as const;

/** The amounts of yuan that a text says were fined, or confiscated, each once. */
export function amountsSaid(of: 'fine' | 'confiscated', text: string): number[] {
  const plain = text.normalize('NFKC');
  const found = sentences[of].flatMap((sentence) => [...plain.matchAll(sentence)]).flatMap(([, numeral = '', times]): number[] => {
    const written = numeral.replace(/[,，]/g, '').replace(/\.$/, '');
    const number = /^\d+(?:\.\d+)?$/.test(written) ? Number(written) : chineseNumber(written);
    return number === null || number === 0 ? [] : [Math.round(number * (times === undefined ? 1 : times === '亿' ? 1e8 : 1e4) * 100) / 100];
  });
  return [...new Set(found)];
}

/** What a row tells about the unit of its amounts. */
export interface AmountEvidence {
  readonly of: 'fine' | 'confiscated';
  /** As it stands in the cell. */
  readonly cell: string;
  /** The unit that the text of the decision speaks for; or the amount is implausible as 万元. */
  readonly speaksFor: AmountUnit | 'implausible';
}

interface Amounts {
  readonly fine: string;
  readonly confiscated: string;
  readonly decision: string;
}

const asNumber = (yuan: string | null): number => (yuan === null || yuan === '' ? Number.NaN : Number(yuan));
const equal = (a: number, b: number): boolean => Math.abs(a - b) < 0.005;

/**
 * Compares an amount with what the decision says in words: 2000 beside 罚款2000元 is of yuan, 0.2 beside it is of 万元.
 * Where the words say nothing, an amount is implausible that as 万元 would reach `implausible` yuan.
 */
export function evidenceOf({ decision, ...cells }: Amounts, implausible: number): AmountEvidence[] {
  return (['fine', 'confiscated'] as const).flatMap((of): AmountEvidence[] => {
    const cell = cells[of];
    const [inYuan, inTenThousands] = [asNumber(yuanOf(cell, 'yuan')), asNumber(yuanOf(cell, 'tenThousand'))];
    if (Number.isNaN(inTenThousands) || inTenThousands === 0) return [];
    const said = amountsSaid(of, decision);
    const sums = [...said, said.reduce((sum, amount) => sum + amount, 0)];
    const isYuan = sums.some((amount) => equal(amount, inYuan));
    const isTenThousand = sums.some((amount) => equal(amount, inTenThousands));
    if (isYuan !== isTenThousand) return [{ of, cell, speaksFor: isYuan ? 'yuan' : 'tenThousand' }];
    return !isYuan && inTenThousands >= implausible ? [{ of, cell, speaksFor: 'implausible' }] : [];
  });
}
