import { expect } from 'chai';
import fc from 'fast-check';
import { cleanCode } from '../../../src/rules/codes/index.ts';
import { indexTerms, queryTerms } from '../../../src/rules/search/tokens.ts';
import { documentKey, folded, plainName } from '../../../src/rules/text/alike.ts';
import { refusedCharacter, withoutMarks } from '../../../src/rules/text/characters.ts';
import { hostileText, lookAlikes, markedText, refusedCharacters, unseenMarks } from '../../support/hostile.ts';

describe('a text that comes in', () => {
  it('is refused for each character that may not, which is counted as a reader counts', () => {
    fc.assert(fc.property(hostileText, ({ text, before, inserted }) => {
      const found = refusedCharacter(text);
      if (found === null) throw new Error('it was taken');
      expect(found.position).to.equal([...before].length + 1);
      expect(found.code).to.equal(`U+${inserted.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}`);
    }));
  });

  it('is taken with everything that people write', () => {
    for (const text of ['宿迁某公司', 'Łódź café', '𠮷野家', '😀👨‍👩‍👧', '〔2026〕1号', 'a\tb\r\nc', '葛\u{E0100}城', '\u3000全角', '١٢٣', 'ไทย', '\u{323B0}']) {
      expect(refusedCharacter(text), text).to.equal(null);
    }
  });

  it('of any kind is either refused or can be written in UTF-8 and read again', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) =>
      refusedCharacter(text) !== null || (Buffer.from(text, 'utf8').toString('utf8') === text && !text.includes('\0'))));
  });

  it('loses marks that show nothing, and nothing else', () => {
    fc.assert(fc.property(markedText, ({ text }) => [...withoutMarks(text)].filter((one) => !(unseenMarks as readonly string[]).includes(one)).join('')
      === [...text].filter((one) => !(unseenMarks as readonly string[]).includes(one)).join('')));
    for (const character of refusedCharacters) expect(withoutMarks(`a${character}b`)).to.equal(`a${character}b`);
  });
});

describe('texts that look alike', () => {
  it('are one name, one code and one document number whatever marks stand in them', () => {
    fc.assert(fc.property(markedText, ({ text, before, inserted }) => {
      const plain = before + text.slice(before.length + inserted.length);
      expect(folded(text)).to.equal(folded(plain));
      expect(plainName(text)).to.equal(plainName(plain));
      expect(documentKey(text)).to.equal(documentKey(plain));
      expect(cleanCode(text)).to.equal(cleanCode(plain));
      expect(indexTerms(text)).to.deep.equal(indexTerms(plain));
      expect(queryTerms(text)).to.deep.equal(queryTerms(plain));
    }));
  });

  for (const [alike, plain] of lookAlikes) {
    it(`${alike} is ${plain}`, () => {
      expect(folded(`宿迁${alike}公司`)).to.equal(folded(`宿迁${plain}公司`));
      expect(indexTerms(`宿迁${alike}公司`)).to.include.members(queryTerms(`${plain}公司`));
    });
  }

  it('folded once are folded for good', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => folded(folded(text)) === folded(text)), { examples: [['ẞ⻓\u00AD'], ['İ'], ['Ⓐ']] });
  });
});

describe('a document number', () => {
  it('is one, however its year is bracketed and spaced', () => {
    const written = ['〔2026〕', '[2026]', '【2026】', '(2026)', '（2026）', '﹝2026﹞', '「2026」', '［２０２６］', '〖2026〗', '《2026》', '<2026>', '｛2026｝', '{2026}', '﹙2026﹚', '〈2026〉', '『2026』', ' 〔 2026 〕 '];
    expect(new Set(written.map((year) => documentKey(`宿市监处罚${year}接70号`)))).to.deep.equal(new Set(['宿市监处罚(2026)接70号']));
  });

  it('of another year, serial or word is another', () => {
    const others = ['宿市监处罚〔2026〕70号', '宿市监处罚〔2025〕70号', '宿市监处罚〔2026〕7号', '宿市监罚〔2026〕70号', '宿市监处罚〔2026〕70-1号', '宿市监处罚202670号'];
    expect(new Set(others.map(documentKey)).size).to.equal(others.length);
  });
});
