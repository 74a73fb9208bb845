/** How each kind of personal datum looks once it is masked. Every function is total: any text in, a text out. */

const COMPOUND_SURNAMES =
  '欧阳 太史 端木 上官 司马 东方 独孤 南宫 万俟 闻人 夏侯 诸葛 尉迟 公羊 赫连 澹台 皇甫 宗政 濮阳 公冶 太叔 申屠 公孙 慕容 仲孙 钟离 长孙 宇文 司徒 鲜于 司空 令狐 百里 呼延 东郭 南门 羊舌 微生 梁丘 左丘 东门 西门 第五';

export const compoundSurnames: ReadonlySet<string> = new Set(COMPOUND_SURNAMES.split(' '));

const stars = (count: number): string => '*'.repeat(Math.max(0, count));

/** 张三 → 张*, 欧阳修文 → 欧阳**, 买买提·艾力 → 买**·**, John Smith → J*** S****. */
export function maskName(name: string): string {
  const chars = [...name.trim()];
  if (chars.length === 0) return '';
  const latin = /^[A-Za-z]/.test(chars[0] ?? '');
  if (!latin) {
    const compound = chars.length > 2 && compoundSurnames.has(chars.slice(0, 2).join(''));
    const kept = chars.length === 1 ? 0 : compound ? 2 : 1;
    return chars.map((char, index) => (index < kept || /[·•]/.test(char) ? char : '*')).join('');
  }
  return chars.map((char, index) => (index === 0 || /[\s.·-]/.test(chars[index - 1] ?? '') || /[\s.·-]/.test(char) ? char : '*')).join('');
}

/** Digits and the letter X of a text, half-width. */
const significant = (text: string): string =>
  text.replace(/[０-９Ｘｘ]/g, (char) => String.fromCharCode(char.charCodeAt(0) - 0xfee0)).replace(/[^0-9Xx]/g, '').toUpperCase();

/** First four and last two characters: 3213**********2X. */
export function maskResidentId(text: string): string {
  const digits = significant(text);
  return `${digits.slice(0, 4)}${stars(10)}${digits.slice(-2)}`;
}

/** 13812341234 → 138****1234; a country code before it is dropped. One in Chinese figures keeps them. */
export function maskMobile(text: string): string {
  const figures = text.replace(/[^零〇一壹幺二贰两三叁四肆五伍六陆七柒八捌九玖]/g, '');
  const digits = figures.length === 11 ? figures : significant(text).slice(-11);
  return `${digits.slice(0, 3)}****${digits.slice(-4)}`;
}

/** The area code stays, and the last two digits: 0527-******36. */
export function maskLandline(text: string): string {
  const digits = significant(text);
  const area = /^0(?:10|2\d|[3-9]\d\d)/.exec(digits)?.[0] ?? '';
  return `${area === '' ? '' : `${area}-`}******${digits.slice(-2)}`;
}

/** The last four digits: ************1234. */
export function maskBankCard(text: string): string {
  return `${stars(12)}${significant(text).slice(-4)}`;
}

/** The first character and the host: z***@example.cn. */
export function maskEmail(text: string): string {
  const [box = '', host = ''] = text.split(/[@＠]/);
  return `${box.slice(0, 1)}***@${host}`;
}

/** Province and office of registration: 苏N·*****. */
export function maskPlate(text: string): string {
  const [province = '', ...rest] = text.replace(/[\s·•.-]/g, '');
  return `${province}${/^[A-Za-z]/.test(rest[0] ?? '') ? rest[0] : ''}·*****`;
}

/** The first character: z****. */
export const maskAccount = (text: string): string => `${text.charAt(0)}****`;

/** The last two: ******45. */
export const maskPaper = (text: string): string => `******${text.slice(-2)}`;

/** What a person marked: a name keeps its first character, of anything else nothing is left. */
export const maskPassage = (text: string): string => (/^[\u4e00-\u9fff·]{2,10}$/.test(text) ? maskName(text) : '****');

/** What takes the place of everything below the county in an address. */
export const MASKED_ADDRESS = '****';
