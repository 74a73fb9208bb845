/**
 * 法律依据, as it stands in a rule, holds what the house noted for itself: which value is a local default, what the city has yet
 * to confirm, which text was not at hand. Versions of rules are never edited, and files have copies of them; so what everybody
 * reads is made here, from whatever stands there.
 */
const internal = /本地默认|本值为|待.{0,30}?(?:确认|更新)|待文本|尚未取得|仅供登记|暂按|由经办人员判断|未见|未定|未作规定|常用值|\[M\]|【[^】]*】/u;

const cut = /(?<=[。；，])/u;

/** A note that is said of what stands before it: that no text has it, or whether it is so at all. */
const saidOf = (note: string, before: string): boolean =>
  /未见|未定|未作规定/u.test(note) ? !/《|〔|令第|GB\/T/u.test(before) : before.startsWith('是否');

/** The sentences of a basis that are meant for everybody; empty where there are none. */
export function publicBasis(basis: string): string {
  let kept = '';
  let sentence = 0;
  for (const part of basis.replace(/【[^】]*】/gu, '').split(cut)) {
    if (!internal.test(part)) {
      kept += part;
      if (/[。；]$/u.test(part)) sentence = kept.length;
      continue;
    }
    // “答复的期限，现行文件未定” without its predicate would be no basis but a stump.
    if (saidOf(part, kept.slice(sentence))) kept = kept.slice(0, sentence);
    // A bracket that was opened before a note ends with it.
    if (/）[^（]*$/u.test(part) && (kept.match(/（/gu)?.length ?? 0) > (kept.match(/）/gu)?.length ?? 0)) kept = `${kept.replace(/[，；]$/u, '')}${/）[^）]*$/u.exec(part)![0]}`;
    // What follows the note begins a sentence of its own, where the note ended one.
    if (part.endsWith('。')) kept = kept.replace(/[，；]$/u, '。');
    if (/[。；]$/u.test(part)) sentence = kept.length;
  }
  const text = kept.replace(/[，；：]+$/u, '').trim();
  return text === '' || text.endsWith('。') || !/[。；]/u.test(basis) ? text : `${text}。`;
}

/** The parts of a basis that are the house's own. */
export const internalNotes = (basis: string): string[] =>
  [...(basis.match(/【[^】]*】/gu) ?? []), ...basis.replace(/【[^】]*】/gu, '').split(cut).filter((part) => internal.test(part)).map((part) => part.replace(/[。；，]$/u, ''))];
