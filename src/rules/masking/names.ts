import { compoundSurnames } from './forms.ts';
import { commonWithoutCue, commonWords, CUE, notGiven, notNames, ORGANISATION, PLACE, prepositionSurnames, surnames, WEAK_CUE } from './name-words.ts';
import type { Find } from './shadow.ts';

/** Names of persons: those that are masked, and passages that may be one, for a person to look at. */
export interface FoundNames {
  readonly sure: Find[];
  readonly doubtful: Find[];
}

const HAN = /[\u4e00-\u9fff]/;
const BETWEEN = /^(?:姓名)?(?:[:：] ?|[（("“为是叫 ]|、)?/;
/** What may stand right behind a name without any word that goes on. */
const ENDS = /^(?:$|[ ,，.。;；:：、()（）"“”'‘’/\n\r!！?？*《<\d A-Za-z])/;
/** Words that go on after a name, and verbs that dictionaries cut in two. */
const GOES_ON = '在|于|的|等|未|已|将|曾|因|系|是|为|以|持|向|对|与|和|及|之|名下|均|被|把|称|即|并|又|也|不|签收|签字|签名|拒签|出具|代签|运至|运到|运往|送达|处以|处购|述称|诉称|到庭|到场|驾车|名义|所有|所在|[二两三四五六七八九]人';
const ENDS_NAME = new RegExp(`^(?:${GOES_ON})`);
const FUNCTION = new RegExp(`^(?:${GOES_ON}|自|经|从|共|无|有|处|运|述|到|说)`);
const ENDS_RUN = /[^\u4e00-\u9fffA-Za-z0-9()]|[在于的将被由向与和系是未已因从到为并擅销经]/;

/** What persons do, after a word that could be a name as well: 由耿直代签. */
const ACTS = /^(?:签订|签收|签字|代签|代为|提供的?|个人|出具|驾驶|驾车|到庭|到场|名下|本人|与[\u4e00-\u9fff]{2,3}(?:共同|签订|合伙))/;

/** Chinese words of the language itself, so that 关闭, 高温, 黄河 are not taken for persons. */
const segmenter = new Intl.Segmenter('zh', { granularity: 'word' });
const WORD_WINDOW = 5;
/** Answers of the segmenter, which takes longer than all the rest; begun anew when it is full. */
const known = new Map<string, number>();
const MOST_KNOWN = 20_000;

/** Length of the word that begins a text, 1 where its first character stands alone. */
function wordLength(text: string): number {
  if (!HAN.test(text.charAt(0)) || !HAN.test(text.charAt(1))) return Math.min(1, text.length);
  const window = text.slice(0, WORD_WINDOW);
  const before = known.get(window);
  if (before !== undefined) return before;
  const length = segmenter.segment(window).containing(0)?.segment.length ?? 0;
  if (known.size >= MOST_KNOWN) known.clear();
  known.set(window, length);
  return length;
}

interface Candidate {
  readonly length: number;
  /** It begins with a word that stands in dictionaries: 高明, 雷鸣, but also 关闭. */
  readonly isWord: boolean;
  readonly clear: boolean;
}

/** What could be a name and begins here; null when nothing does. */
function nameAt(text: string, at: number): Candidate | null {
  const chars = text.slice(at, at + 6);
  const surname = compoundSurnames.has(chars.slice(0, 2)) ? 2 : surnames.has(chars.charAt(0)) ? 1 : 0;
  const given = chars.charAt(surname);
  if (surname === 0 || !HAN.test(given) || notGiven.has(given)) return null;
  if (surname === 1 && notNames.has(chars.slice(0, 2))) return null;
  const second = chars.charAt(surname + 1);
  const rest = text.slice(at + surname + 1, at + surname + 1 + WORD_WINDOW);
  // 王强|驾驶 and 陈建国|驾驶: a word that begins at the third character ends the name before it.
  const two = !HAN.test(second) || notGiven.has(second) || ENDS_NAME.test(rest) || (wordLength(rest) > 1 && !ENDS.test(rest.slice(1)) && !ENDS_NAME.test(rest.slice(1)));
  const length = surname + (two ? 1 : 2);
  const after = text.slice(at + length, at + length + WORD_WINDOW);
  return { length, isWord: surname === 1 && wordLength(chars) > 1, clear: ENDS.test(after) || FUNCTION.test(after) || wordLength(after) > 1 };
}

/** 王小二餐饮店, 马陵路: a firm's or a place's name begins here. */
function isOther(text: string, at: number, length: number): boolean {
  const run = text.slice(at, at + 18);
  const end = ENDS_RUN.exec(run.slice(1));
  const word = end ? run.slice(0, end.index + 1) : run;
  return (word.length > length && ORGANISATION.test(word)) || PLACE.test(text.slice(at + length, at + length + 6));
}

const LABEL = /姓名|户名|署名|名叫|叫做/;
/** A name alone in its field needs no known surname: 姓名：买买提·艾力，. */
const FIELD = /^[:：] ?([\u4e00-\u9fff]{2,4}|[\u4e00-\u9fff]{1,8}·[\u4e00-\u9fff]{1,8})(?=[ ,，。;；、()（）/\n\r]|$)/;
const DOTTED = /^[\u4e00-\u9fff]{1,8}[·•][\u4e00-\u9fff]{1,8}?(?=[在于的等未已将因系持向对与和，。、（(:：;； ]|$)/;
/** 小宇, 老王: how a child or neighbour is called. */
const CALLED = /^[小老阿][\u4e00-\u9fff](?=[在于的等未已将因系持由与和，。、（(）) ]|$)/;

/** The names that stand from here on, one after the other. */
function takeList(text: string, from: number, kind: Find['kind'], found: FoundNames): void {
  let at = from;
  for (let joined = false; ; joined = true) {
    const called = CALLED.exec(text.slice(at, at + 3));
    const dotted = DOTTED.exec(text.slice(at, at + 18));
    if (dotted || (called && wordLength(text.slice(at, at + 2)) === 1)) {
      const end = at + (dotted ?? called)![0].length;
      found.sure.push({ start: at, end, kind });
      at = end;
    } else {
      const behind = prepositionSurnames.has(text.charAt(at)) ? nameAt(text, at + 1) : null;
      if (behind) {
        take(text, at + 1, behind, kind, 'weak', found);
        return;
      }
      const candidate = nameAt(text, at);
      if (!candidate || !take(text, at, candidate, kind, joined ? 'joined' : 'cue', found)) return;
      at += candidate.length;
    }
    const join = /^[、,，和与及]/.exec(text.slice(at, at + 1));
    if (!join) return;
    at += 1;
    // After a comma another clause may begin as well as another name.
    if (/[,，]/.test(join[0]) && !/^[\u4e00-\u9fff]{2,4}[、,，。;；(（]/.test(text.slice(at, at + 5))) return;
  }
}

/** Puts a candidate where it belongs, by how strongly the words before it speak for a name. */
function take(text: string, at: number, { length, isWord, clear }: Candidate, kind: Find['kind'], by: 'cue' | 'joined' | 'weak', found: FoundNames): boolean {
  if (isOther(text, at, length)) return false;
  // 和预计, 原决定, 向社会: two words of the language.
  if ((by === 'cue' ? commonWords : commonWithoutCue).has(text.charAt(at)) && wordLength(text.slice(at + 1)) > 1) return false;
  const find = { start: at, end: at + length, kind };
  if (by === 'cue' && !isWord) found.sure.push(find);
  else if (by === 'joined' && !isWord && clear) found.sure.push(find);
  else if (by === 'cue' && clear) {
    const after = text.slice(find.end, find.end + WORD_WINDOW);
    // 雷鸣未佩戴, 方圆提供: a word of the language where a name is expected.
    if (ENDS.test(after) || FUNCTION.test(after)) found.sure.push(find);
    else found.doubtful.push(find);
  } else if (by === 'weak' && clear && (!isWord || ACTS.test(text.slice(find.end, find.end + 8)))) found.doubtful.push(find);
  else return false;
  return true;
}

/** What is said of a person right behind his name. */
const SAID_BEHIND =
  /([\u4e00-\u9fff·]{2,14})(?:[(（,，、 ]{1,2})(?:(?:男|女)(?=[,，、)） ;；(（]|性)|性别|汉族|回族|满族|维吾尔族|(?:居民|公民)?身份(?:证|号码)|\d{1,2}周?岁|(?:19|20)\d\d年?[.\d年月日-]{0,8}(?:出?生)|微信|QQ|手机|联系电话|电话[:：\d])/g;
const SAID_BEFORE = /(?:身份证|身份号码)[^\d，。\n]{0,6}[\dXx* ]{15,22}[)）]/g;
const COUNTED_BEHIND = /([\u4e00-\u9fff、和与]{4,24})(?:二|两|三|四|五|六|七|八|九|十|\d{1,2})人/g;

/** The name that ends here, where the words before it lead to one: its start, or -1. */
function nameBefore(text: string, end: number, from: number): number {
  for (const length of [4, 3, 2]) {
    const start = end - length;
    if (start < from) continue;
    const surname = compoundSurnames.has(text.slice(start, start + 2)) ? 2 : surnames.has(text.charAt(start)) ? 1 : 0;
    if (surname === 0 || length - surname > 2 || length - surname < 1) continue;
    const given = text.slice(start + surname, end);
    if ([...given].some((char) => notGiven.has(char)) || notNames.has(text.slice(start, start + 2)) || ORGANISATION.test(text.slice(start, end))) continue;
    // 向王强（: the preposition is not the surname of what follows it.
    if (length > 2 && prepositionSurnames.has(text.charAt(start)) && surnames.has(text.charAt(start + 1))) continue;
    return start;
  }
  return -1;
}

const AGE = /([\u4e00-\u9fff]{2,4})[（(,，]((?:男|女)?[,，、 ]?)(\d{1,2})周?岁/g;
const AGE_BEFORE = /(\d{1,2})周?岁的?(?=[\u4e00-\u9fff])/g;
const OF_AGE = 18;

function findMinors(shadow: string, found: FoundNames): void {
  for (const aged of shadow.matchAll(AGE)) {
    const [, words = '', , age = ''] = aged;
    if (Number(age) >= OF_AGE) continue;
    const end = aged.index + words.length;
    const start = nameBefore(shadow, end, aged.index);
    if (start >= 0) found.sure.unshift({ start, end, kind: 'minor' });
  }
  for (const aged of shadow.matchAll(AGE_BEFORE)) {
    if (Number(aged[1]) < OF_AGE) takeList(shadow, aged.index + aged[0].length, 'minor', found);
  }
}

/** Names before or behind what is said of persons alone: sex, birth, ID number, account of a messenger. */
function findDescribed(shadow: string, found: FoundNames): void {
  for (const said of shadow.matchAll(SAID_BEHIND)) {
    const end = said.index + said[1]!.length;
    const start = nameBefore(shadow, end, said.index);
    const dotted = /[\u4e00-\u9fff]{1,8}·[\u4e00-\u9fff]{1,8}$/.exec(said[1]!);
    if (start >= 0) found.sure.push({ start, end, kind: 'name' });
    else if (dotted) found.sure.push({ start: end - dotted[0].length, end, kind: 'name' });
  }
  for (const said of shadow.matchAll(SAID_BEFORE)) takeList(shadow, said.index + said[0].length, 'name', found);
  for (const said of shadow.matchAll(COUNTED_BEHIND)) {
    let end = said.index + said[1]!.length;
    for (;;) {
      const start = nameBefore(shadow, end, said.index);
      if (start < 0) break;
      found.sure.push({ start, end, kind: 'name' });
      if (!/[、和与]/.test(shadow.charAt(start - 1))) break;
      end = start - 1;
    }
  }
}

/** Clauses that begin with what may be a name, and names after words that only lead to one: 由李明签收. */
function findUncued(shadow: string, found: FoundNames): void {
  for (const cue of shadow.matchAll(WEAK_CUE)) {
    const at = cue.index + cue[0].length;
    const candidate = nameAt(shadow, at);
    if (candidate) take(shadow, at, candidate, 'name', 'weak', found);
  }
  for (const begin of shadow.matchAll(/(?:^|[，,。；;：:、\n（(）)“"])[ ]?(?=[\u4e00-\u9fff])/g)) {
    const at = begin.index + begin[0].length;
    const candidate = nameAt(shadow, at);
    // A clause begins with all sorts of words, a list has all sorts of things: a name of two characters alone is known by its company.
    const inCompany = ENDS.test(shadow.slice(at + 2, at + 3)) && (begin[0] !== '、' || nameBefore(shadow, begin.index, Math.max(0, begin.index - 4)) >= 0);
    if (candidate && candidate.clear && (candidate.length > 2 || inCompany)) take(shadow, at, candidate, 'name', 'weak', found);
  }
  for (const dotted of shadow.matchAll(/(?<![\u4e00-\u9fff])[\u4e00-\u9fff]{2,8}·[\u4e00-\u9fff]{2,8}(?![\u4e00-\u9fff])/g)) {
    found.doubtful.push({ start: dotted.index, end: dotted.index + dotted[0].length, kind: 'name' });
  }
}

/**
 * Names of persons in a shadow. Sure are those that the words beside them give away: a calling, a kinship, an ID number.
 * Doubtful is what could be a name by its form and its place in the sentence.
 */
export function findNames(shadow: string): FoundNames {
  const found: FoundNames = { sure: [], doubtful: [] };
  findMinors(shadow, found);
  findDescribed(shadow, found);
  for (const cue of shadow.matchAll(CUE)) {
    const kind = cue[1] === undefined ? 'name' : 'minor';
    const at = cue.index + cue[0].length;
    const field = LABEL.test(cue[0]) ? FIELD.exec(shadow.slice(at, at + 24)) : null;
    if (field?.[1] !== undefined && !notNames.has(field[1].slice(0, 2)) && !ORGANISATION.test(field[1])) {
      const end = at + field[0].length;
      found.sure.push({ start: end - field[1].length, end, kind });
      if (/^[、,，和与及]/.test(shadow.slice(end, end + 1))) takeList(shadow, end + 1, kind, found);
    } else {
      takeList(shadow, at + (BETWEEN.exec(shadow.slice(at, at + 4))?.[0].length ?? 0), kind, found);
    }
  }
  findUncued(shadow, found);
  // Where two readings meet, the longer name is masked.
  found.sure.sort((a, b) => b.end - b.start - (a.end - a.start));
  return found;
}
