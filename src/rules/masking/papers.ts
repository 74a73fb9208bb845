import type { Find } from './shadow.ts';

const PROVINCES = '京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼使';
const GAP = '[ ·•.\\-]{0,3}';
const SIGN = '[A-HJ-NP-Za-hj-np-z0-9]';

/**
 * 号牌 (GA 36-2018): five signs, six of cars with new energy, fewer before 挂, 学, 警 and the like; tractors with the
 * figures of their city. A letter and figures alone, without the province, are not told from other numbers.
 */
const PLATES = [
  new RegExp(`[${PROVINCES}]${GAP}[A-HJ-Za-hj-z](?:${GAP}${SIGN}){5,6}(?![A-Za-z0-9])`, 'g'),
  new RegExp(`[${PROVINCES}]${GAP}[A-HJ-Za-hj-z](?:${GAP}${SIGN}){2,5}${GAP}[挂学警港澳试超领使]`, 'g'),
  new RegExp(`[${PROVINCES}]${GAP}\\d{2}${GAP}\\d{5}(?!\\d)`, 'g'),
];

/** Accounts of messengers and shops of one person. */
const MESSENGER = /(?<![A-Za-z0-9])(?:微信|薇信|wechat|weixin|wx|vx|抖音|快手|陌陌|微博|小红书|支付宝|钉钉)(?:账号|帐号|账户|号码|号|ID|id)?[ :：(（"“为是]{0,3}([A-Za-z0-9][A-Za-z0-9_-]{4,29})(?![A-Za-z0-9@.])/gi;
const WECHAT_ID = /(?<![A-Za-z0-9])wxid_[A-Za-z0-9]{3,30}/g;
const QQ = /(?<![A-Za-z0-9])(?:QQ|扣扣)(?:群主|群号|群|账号|号码|号)?[ :：(（"“为是]{0,3}(\d(?:[ -]?\d){4,10})(?!\d)/gi;

const TRAVEL = '(?:护照|旅行证|海员证|台胞证|回乡证|(?:往来|来往)(?:港澳|台湾|大陆|内地)通行证|(?:港澳|台湾|大陆|内地)(?:居民)?(?:往来|来往)?(?:内地|大陆|港澳|台湾)?(?:居民)?通行证|永久居留身份证|永久居留证|居留许可|居住证)';
const PAPER = '[A-Z]{0,3} ?\\d(?: ?\\d){5,16}[A-Z]?';
const PAPER_BEHIND = new RegExp(`${TRAVEL}(?:号码|证号|编号|号)?[ :：(（为是]{0,3}(${PAPER})(?![A-Za-z0-9])`, 'g');
const PAPER_BEFORE = new RegExp(`([A-Z]{1,3}\\d{6,14})(?:号)?的?${TRAVEL}`, 'g');

/** Numbers that look like a passport's and stand without any word for one. */
const LIKE_PASSPORT = /(?<![A-Za-z0-9\-/.])(?:[EGDSPHMCLT]\d{8}|E[A-HJ-NP-Z]\d{7})(?![A-Za-z0-9\-/])/g;

const FIGURES = '零〇一壹幺二贰两三叁四肆五伍六陆七柒八捌九玖';
const MOBILE_IN_WORDS = new RegExp(`(?<![${FIGURES}])[一壹幺][ \\-·.]?[三叁四肆五伍六陆七柒八捌九玖](?:[ \\-·.]?[${FIGURES}]){9}(?![${FIGURES}十百千万])`, 'g');

/** Plates, accounts of messengers, passports and permits, mobiles in Chinese figures. */
export function findPapers(shadow: string): Find[] {
  const finds: Find[] = [];
  for (const plate of PLATES) {
    for (const { index, 0: all } of shadow.matchAll(plate)) if (/\d/.test(all)) finds.push({ start: index, end: index + all.length, kind: 'plate' });
  }
  const takeGroup = (pattern: RegExp, kind: Find['kind'], holds: (text: string) => boolean = () => true): void => {
    for (const match of shadow.matchAll(pattern)) {
      const text = match[1] ?? match[0];
      const start = match.index + match[0].indexOf(text);
      if (holds(text)) finds.push({ start, end: start + text.length, kind });
    }
  };
  // A mobile that serves as an account is masked as a mobile.
  takeGroup(MESSENGER, 'messenger', (text) => !/^1[3-9]\d{9}$/.test(text) && !text.includes('****'));
  takeGroup(WECHAT_ID, 'messenger');
  takeGroup(QQ, 'messenger');
  takeGroup(PAPER_BEHIND, 'travelPaper');
  takeGroup(PAPER_BEFORE, 'travelPaper');
  takeGroup(MOBILE_IN_WORDS, 'mobile');
  return finds;
}

/** What may be the number of a passport: a person looks. */
export function findDoubtfulPapers(shadow: string): Find[] {
  return [...shadow.matchAll(LIKE_PASSPORT)].map(({ index, 0: { length } }) => ({ start: index, end: index + length, kind: 'travelPaper' as const }));
}
