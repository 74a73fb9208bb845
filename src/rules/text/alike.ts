/**
 * When two texts are one: for comparing and searching, never for showing. What is stored is what was typed.
 */

/**
 * Radicals and strokes that stand in blocks of their own, each above the ideograph that looks the same: Unicode's
 * property Equivalent_Unified_Ideograph for CJK Radicals Supplement and CJK Strokes. Those that NFKC maps by itself
 * (Kangxi radicals, compatibility ideographs) are not in it.
 */
const RADICALS = '⺁⺂⺃⺄⺅⺆⺇⺈⺉⺊⺋⺌⺍⺎⺏⺐⺑⺒⺓⺔⺕⺖⺗⺘⺙⺛⺜⺝⺞⺟⺠⺡⺢⺣⺤⺥⺦⺧⺨⺩⺪⺫⺬⺭⺮'
  + '⺯⺰⺱⺲⺳⺴⺵⺶⺷⺸⺹⺺⺻⺼⺽⺾⺿⻀⻁⻂⻃⻄⻅⻆⻇⻈⻉⻊⻋⻌⻍⻎⻏⻐⻑⻒⻓⻔⻕⻖⻗⻘⻙⻚⻛'
  + '⻜⻝⻞⻟⻠⻡⻢⻣⻤⻥⻦⻧⻨⻩⻪⻫⻬⻭⻮⻯⻰⻱⻲⻳㇆㇏㇐㇑㇒㇓㇔㇕㇖㇗㇘㇙㇚㇛㇜㇝㇞㇟㇠㇡';
const IDEOGRAPHS = '厂乛乚乙亻冂𠘨刀刂卜㔾小小兀尣尢𡯂巳幺彑彐忄心扌攵旡日月歺母民氵氺灬爫爫丬牛犭王𤴔目示礻𥫗'
  + '糹纟罓罒㓁冗𦉫羊𦍌𦍋耂肀聿肉𦥑艹艹艹虎衤覀西见角𧢲讠贝𧾷车辶辶辶邑钅長镸长门𨸏阝雨青韦页风'
  + '飞食𩙿飠饣𩠐马骨鬼鱼鸟卤麦黄黾斉齐歯齿竜龙龜亀龟𠃌乀一丨丿丿丶𠃍乛𠃊𠃎𠄌亅𡿨𠃋乀𠃑乚乙𠄎';

const ideographs = [...IDEOGRAPHS];
const ideographOf: ReadonlyMap<string, string> = new Map([...RADICALS].map((radical, n) => [radical, ideographs[n]!]));
const RADICAL = /[\u2E80-\u2EFF\u31C0-\u31EF]/gu;

/** All that shows nothing by itself, joiners and variation selectors as well. */
const IGNORED = /[\p{Default_Ignorable_Code_Point}\uFFF9-\uFFFB]/gu;

/** The text without what is not seen. */
export const withoutUnseen = (text: string): string => text.replaceAll(IGNORED, '');

/**
 * The text as it is compared and searched: widths, ligatures, compatibility forms and look-alike radicals are one, case
 * as well, and what is not seen is not there. Spaces and signs stay.
 */
export const folded = (text: string): string =>
  withoutUnseen(withoutUnseen(text).normalize('NFKC')).replaceAll(RADICAL, (radical) => ideographOf.get(radical) ?? radical).toLowerCase();

/** A name as it is compared: spaces are of no account either. */
export const plainName = (name: string): string => folded(name).replaceAll(/\s/gu, '');

/** Brackets of all sorts (GB/T 9704 has 〔〕 around the year), and the signs that are typed in their place. */
const OPENING = /[\p{Ps}<]/gu;
const CLOSING = /[\p{Pe}>]/gu;

/** What a document number (文号) is known by, however it is bracketed, spaced or written. */
export const documentKey = (documentNo: string): string =>
  plainName(documentNo).replaceAll(OPENING, '(').replaceAll(CLOSING, ')');
