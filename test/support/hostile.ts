import fc from 'fast-check';

/** Characters that no door lets in, each with what it is called. */
export const refusedCharacters = [
  '\u0000', '\u0001', '\u0008', '\u000B', '\u000C', '\u001B', '\u007F', '\u0085', '\u009F', '\uD800', '\uDBFF', '\uDC00', '\uDFFF', '\uFDD0', '\uFDEF',
  '\uFFFE', '\uFFFF', '\u{1FFFE}', '\u{10FFFF}', '\uE000', '\uF8FF', '\u{F0000}', '\u{100000}', '\uFFFD',
] as const;

/** Those of them that bytes of UTF-8 can carry: all but halves of a pair. */
export const carriedCharacters = refusedCharacters.filter((character) => !/\p{Cs}/u.test(character));

/** Marks that are not seen, and are of no account. */
export const unseenMarks = [
  '\u00AD', '\u034F', '\u061C', '\u180E', '\u200B', '\u200C', '\u200D', '\u200E', '\u200F', '\u202A', '\u202B', '\u202C', '\u202D', '\u202E', '\u2060', '\u2066',
  '\u2067', '\u2068', '\u2069', '\uFE00', '\uFE0F', '\uFEFF', '\u{E0001}', '\u{E0100}', '\u{E01EF}',
] as const;

/** Look-alikes of radicals blocks and compatibility forms, each before what it looks like. */
export const lookAlikes = [['⼤', '大'], ['⾦', '金'], ['⻋', '车'], ['⻝', '食'], ['⻓', '长'], ['⺠', '民'], ['\uF90A', '金'], ['\uFA0A', '見'], ['ＡＢ', 'AB'], ['㈱', '(株)']] as const;

/** Text in which one of these stands somewhere, and the text without it. */
const withOne = (some: readonly string[]): fc.Arbitrary<{ text: string; before: string; inserted: string }> =>
  fc.tuple(fc.array(fc.constantFrom(...'宿迁恒泽食品有限公司abc 09（），。😀𠮷'), { maxLength: 20 }), fc.nat(20), fc.constantFrom(...some)).map(([characters, at, inserted]) => {
    const before = characters.slice(0, at).join('');
    return { text: `${before}${inserted}${characters.slice(at).join('')}`, before, inserted };
  });

/** Text that no door lets in. */
export const hostileText = withOne(refusedCharacters);
/** The same, as it can be sent in UTF-8. */
export const hostileBytes = withOne(carriedCharacters);
/** Text with a mark that is not seen. */
export const markedText = withOne(unseenMarks);

/** Names of fields that programs have stumbled over. */
export const hostileNames = [
  '__proto__', '__proto__[a]', 'constructor', 'constructor[prototype][a]', 'toString', 'version[toString]', 'hasOwnProperty', 'a[4294967294]', 'a[4294967295]', 'a[-1]', 'a[1e9]',
  'a[]', '[]', '[', ']', 'a[', 'a]b[', 'a.b', 'length', 'then', 'a[length]', `a${'[b]'.repeat(60)}`, '0', '', ' ', 'parts[99999][unit]', 'parts[4294967294][unit]', 'subjects[9999][name]',
] as const;
