import type { Find } from './shadow.ts';

const HAN = '\\u4e00-\\u9fff';
const COUNT = '[0-9A-Za-z一二三四五六七八九十百零〇]{1,5}';
const PLACE = '(?:大道|路|街|巷|胡同|里弄|小区|社区|花园|花苑|苑|公寓|家园|新村|新城|广场|华庭|豪庭|名都|府邸|村|庄|镇|乡|街道|居委会)';
/** Parts of an address below the street that lead to a door, not to a business: a building, a flat, a village group. */
const DOOR = '(?:单元|号楼|幢|栋|室|户|组|队)';
const STEP = `(?:${COUNT}(?:号院|号|弄|座|层|楼|${DOOR})|-[0-9]{1,5}|[${HAN}]{1,6}${DOOR}|${PLACE})`;

const DETAIL = new RegExp(`${PLACE}(?:${STEP}){1,6}(?:[0-9]{3,4}(?![0-9元年]))?`, 'g');
const LEADS_TO_DOOR = new RegExp(`[0-9一二三四五六七八九十]${DOOR}|-[0-9]`);

const HOME_CUE =
  /(?:家庭住址|家庭地址|现住址|住址|家住|现住|住在|居住于|居住在|居住地|常住地|暂住地|户籍地址|户籍所在地|户籍地)(?:址)?[:： ]?(?:为|是|在|于)?/g;
const AFTER_CUE = new RegExp(`^[${HAN}0-9A-Za-z\\-#()]{2,48}`);
const HAS_DETAIL = new RegExp(`${PLACE}|[0-9一二三四五六七八九十]+(?:号|室|幢|栋|组)`);

/** Nothing of an address stands below a flat or a household but what brackets add to it. With 的 who lives there is named. */
const FLAT = /[0-9A-Za-z一二三四五六七八九十][室户](?:\([^()]*\))?(?!的)/;

/** Where an address ends in the words after its cue: behind the flat, or before a bracket that closes around the whole. */
function endOfAddress(text: string): number {
  const flat = FLAT.exec(text);
  let end = flat ? flat.index + flat[0].length : text.length;
  let open = 0;
  for (let index = 0; index < end; index += 1) {
    const char = text.charAt(index);
    if (char === '(') open += 1;
    else if (char === ')' && open > 0) open -= 1;
    else if (char === ')') end = index;
  }
  return end;
}

/** Where the county ends in an address: everything up to here stays, as it names no home. */
function endOfRegion(text: string): number {
  let end = 0;
  for (const match of text.matchAll(/(?:特别行政区|自治[区州县]|省|(?<!城)市(?!场|民|政)|(?<![小社园片校厂])区(?!域|间)|县|旗)/g)) {
    end = match.index + match[0].length;
  }
  return end;
}

/** Words after which an address begins when no region stands before it. */
const BEFORE_ADDRESS = /[在于住为址是到从至的和与对向由被称映及距往赴系]/g;
const LONGEST_PLACE_NAME = 8;

/** Homes in a shadow: after a cue, or down to the door. What is found begins after the county. */
export function findAddresses(shadow: string): Find[] {
  const finds: Find[] = [];
  for (const cue of shadow.matchAll(HOME_CUE)) {
    const begin = cue.index + cue[0].length;
    const words = AFTER_CUE.exec(shadow.slice(begin, begin + 48))?.[0] ?? '';
    const rest = words.slice(0, endOfAddress(words));
    if (!HAS_DETAIL.test(rest)) continue;
    const kept = endOfRegion(rest);
    if (kept < rest.length) finds.push({ start: begin + kept, end: begin + rest.length, kind: 'address' });
  }
  for (const detail of shadow.matchAll(DETAIL)) {
    if (!LEADS_TO_DOOR.test(detail[0])) continue;
    const lead = new RegExp(`[${HAN}A-Za-z0-9]{0,32}$`).exec(shadow.slice(Math.max(0, detail.index - 32), detail.index))?.[0] ?? '';
    const region = endOfRegion(lead);
    let name = lead.slice(region);
    if (region === 0) {
      const words = [...name.matchAll(BEFORE_ADDRESS)].at(-1);
      name = name.slice(Math.max(words ? words.index + 1 : 0, name.length - LONGEST_PLACE_NAME));
    }
    finds.push({ start: detail.index - name.length, end: detail.index + detail[0].length, kind: 'address' });
  }
  return finds;
}
