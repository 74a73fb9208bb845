import { expect } from 'chai';
import fc from 'fast-check';
import { orgCheckCharacter, residentIdCheckCharacter, usccCheckCharacter } from '../../../src/rules/codes/index.ts';
import { findPersonalData, maskName, maskText } from '../../../src/rules/masking/index.ts';

const masked = (text: string): string => maskText(text).masked;
const kinds = (text: string): string[] => findPersonalData(text).map(({ kind }) => kind);

describe('masking: single finds', () => {
  const cases: [situation: string, text: string, result: string][] = [
    ['an ID number', '身份证号11010519491231002X，男', '身份证号1101**********2X，男'],
    ['an ID number in full-width figures', '１１０１０５１９４９１２３１００２Ｘ', '1101**********2X'],
    ['an ID number in groups', '1101 0519 4912 3100 2X与110105-19491231-002x', '1101**********2X与1101**********2X'],
    ['an ID number with a wrong check digit', '号码110105194912310021。', '号码1101**********21。'],
    ['an ID number of 15 digits', '身份证号码110105491231002。', '身份证号码1101**********02。'],
    ['an ID number broken over two lines', '11010519\n491231002X', '1101**********2X'],
    ['a mobile', '电话13812341234。', '电话138****1234。'],
    ['a mobile in groups, with hyphens, and in full width', '138 1234 1234、138-1234-1234、１３８１２３４１２３４', '138****1234、138****1234、138****1234'],
    ['a mobile with a blank after every digit', '1 3 8 1 2 3 4 1 2 3 4', '138****1234'],
    ['two mobiles side by side', '13812341234 13912341234', '138****1234 139****1234'],
    ['a mobile with country code', '008613812341234', '138****1234'],
    ['a telephone', '座机0527-84361234，(0527)84361234', '座机0527-******34，0527-******34'],
    ['a telephone without area code after its word', '联系电话：84361234', '联系电话：******34'],
    ['a bank card', '卡6222021234567890128。', '卡************0128。'],
    ['an account of no card', '账号：320601123456789', '账号：************6789'],
    ['a mail address', '邮箱zhangsan@example.cn。', '邮箱z***@example.cn。'],
    ['a home in a town', '家住江苏省宿迁市沭阳县沭城街道人民路12号3单元402室。', '家住江苏省宿迁市沭阳县****。'],
    ['a home in a village', '户籍地：泗阳县众兴镇王庄村三组，', '户籍地：泗阳县****，'],
    ['a home without any word before it', '反映幸福小区3幢501室有异味', '反映****有异味'],
    ['a home in brackets, and nothing behind them,', '反映人（家住宿豫区江山大道12号3幢502室）反映该公司使用过期原料。', '反映人（家住宿豫区****）反映该公司使用过期原料。'],
    ['a home with brackets of its own', '（现住沭阳县人民路12号（东门）二层）举报称', '（现住沭阳县****）举报称'],
    ['a home, and not the clause behind its flat,', '家住宿豫区江山大道12号502室反映该公司欠薪', '家住宿豫区****反映该公司欠薪'],
    ['a home with who lives there', '家住宿豫区江山大道12号502室的张三反映', '家住宿豫区****'],
    ['a pupil', '学生张三在食堂就餐', '学生张*在食堂就餐'],
    ['minors in a row', '未成年人欧阳修文、李四和王小五均已出院', '未成年人欧阳**、李*和王**均已出院'],
    ['a name in a field', '姓名：买买提·艾力，', '姓名：买**·**，'],
    ['who is named with his age', '王小明（男，15岁）和张大力（45岁）', '王**（男，15岁）和张**（45岁）'],
  ];
  for (const [situation, text, result] of cases) {
    it(`${situation} is masked`, () => {
      expect(masked(text)).to.equal(result);
    });
  }
});

describe('masking: what stays', () => {
  const texts: [situation: string, text: string][] = [
    ['unified codes', '统一社会信用代码91321300MA1TE8T08T、9132132269215347XH、113213000143810514'],
    ['document numbers', '依据宿市监罚字〔2026〕12号、宿政办发〔2018〕43号和（2026）苏1311民初1234号'],
    ['an old registration number', '注册号321300000012345，许可证编号JY13213110012345'],
    ['dates, amounts and spans', '2026-09-24至2026-10-12，罚款20,000元，1990-01-01-001，2026年9月24日17:30'],
    ['hotlines and mailboxes of authorities', '热线12345、12315，邮箱xyb@suqian.gov.cn'],
    ['the address of a business', '位于宿迁市宿豫区江山大道88号的某超市'],
    ['words that begin like a name', '学生家长高度关注，学生方面，消费者可拨打，居民王某'],
    ['case numbers and hashes', 'SX-2026-000123，a13812345678b'],
    ['an empty text', ''],
  ];
  for (const [situation, text] of texts) {
    it(`${situation} are left alone`, () => {
      expect(masked(text)).to.equal(text);
      expect(findPersonalData(text)).to.deep.equal([]);
    });
  }

  it('a unified code of figures alone that could be an ID follows the word before it', () => {
    // Area 320119 of a public institution, followed by what reads as the rest of a birthday in the 1990s.
    const both: string[] = [];
    for (let number = 0; number < 36_500; number += 1) {
      const month = String(1 + (number % 12)).padStart(2, '0');
      const org = `9${Math.floor(number / 12) % 10}${month}15${String(number % 100).padStart(2, '0')}`;
      const start = `12320119${org}${orgCheckCharacter(org)}`;
      const code = start + usccCheckCharacter(start);
      if (/^\d{18}$/.test(code) && residentIdCheckCharacter(code) === code.charAt(17)) both.push(code);
    }
    expect(both).to.not.deep.equal([]);
    for (const code of both) {
      expect(masked(`统一社会信用代码：${code}`)).to.include(code);
      expect(masked(`号码${code}`)).to.not.include(code);
    }
  });
});

describe('masking: names', () => {
  it('keep the surname', () => {
    const names: [string, string][] = [
      ['张三', '张*'], ['张三丰', '张**'], ['欧阳锋', '欧阳*'], ['欧阳修文', '欧阳**'], ['诸葛亮', '诸葛*'],
      ['欧阳', '欧*'], ['买买提·艾力', '买**·**'], ['John Smith', 'J*** S****'], ['张', '*'], ['', ''], ['张*', '张*'],
    ];
    for (const [name, result] of names) expect(maskName(name), name).to.equal(result);
  });
});

describe('masking: spans', () => {
  it('name place, kind, original and replacement, in the positions of the given text', () => {
    const text = '学生张三的电话是１３８ 1234 1234。';
    const { masked: result, spans } = maskText(text);
    expect(spans).to.deep.equal([
      { start: 2, end: 4, kind: 'minor', original: '张三', replacement: '张*' },
      { start: 8, end: 21, kind: 'mobile', original: '１３８ 1234 1234', replacement: '138****1234' },
    ]);
    expect(result).to.equal('学生张*的电话是138****1234。');
  });

  it('of a longer text come in order, and each kind is told', () => {
    expect(kinds('张三，110105194912310021，13812341234，6222021234567890128，幸福小区3幢501室，家长李四'))
      .to.deep.equal(['residentId', 'mobile', 'bankCard', 'address', 'name']);
  });
});

describe('masking: what always holds', () => {
  const digits = (length: number) => fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: length, maxLength: length });
  const birth = fc.date({ min: new Date('1930-01-01'), max: new Date('2025-01-01'), noInvalidDate: true }).map((date) => date.toISOString().slice(0, 10).replaceAll('-', ''));
  const id = fc.tuple(fc.constantFrom('321302', '110105', '440524'), birth, digits(3)).map(([area, date, order]) => {
    const body = area + date + order;
    return body + residentIdCheckCharacter(body);
  });
  const mobile = fc.tuple(fc.integer({ min: 3, max: 9 }), digits(9)).map(([second, rest]) => `1${second}${rest}`);
  const uscc = fc.tuple(fc.constantFrom('91', '92', '11', '52'), fc.constantFrom('321300', '321311'), fc.string({ unit: fc.constantFrom(...'0123456789ABCDEFGHJKLMNPQRTUWXY'), minLength: 8, maxLength: 8 })).map(([kind, area, body]) => {
    const start = kind + area + body + orgCheckCharacter(body);
    return start + usccCheckCharacter(start);
  });
  const separated = (number: fc.Arbitrary<string>) =>
    fc.tuple(number, fc.constantFrom('', ' ', '-', '　', '－', '\u200b'), fc.integer({ min: 1, max: 6 })).map(([text, separator, every]) =>
      [...text].map((char, index) => (index > 0 && index % every === 0 ? separator : '') + char).join(''));
  const wide = (number: fc.Arbitrary<string>) =>
    fc.tuple(number, fc.boolean()).map(([text, full]) => (full ? text.replace(/[!-~]/g, (char) => String.fromCharCode(char.charCodeAt(0) + 0xfee0)) : text));
  const word = fc.constantFrom('，', '电话', '学生', '张三', '李四丰', '家住', '宿豫区', '人民路12号', '3幢501室', '姓名：', '卡号', ' ', '-', '*', '****', '138', '〔2026〕12号', '\n', '0527-', '84361234', 'X', '（15岁）', '、', '和');
  const text = fc.array(fc.oneof(word, wide(separated(id)), wide(separated(mobile)), uscc, digits(4), digits(8), digits(16), fc.string({ unit: 'binary', maxLength: 5 })), { maxLength: 14 }).map((parts) => parts.join(''));

  it('nothing is found in a masked text', () => {
    fc.assert(fc.property(text, (given) => {
      const once = maskText(given).masked;
      expect(findPersonalData(once)).to.deep.equal([]);
      expect(maskText(once)).to.deep.equal({ masked: once, spans: [] });
    }), { numRuns: 2000 });
  });

  it('the spans say how the masked text comes from the given one', () => {
    fc.assert(fc.property(text, (given) => {
      const { masked: result, spans } = maskText(given);
      let rebuilt = '';
      let at = 0;
      for (const { start, end, original, replacement } of spans) {
        expect(start).to.be.at.least(at);
        expect(end).to.be.above(start);
        expect(given.slice(start, end)).to.equal(original);
        rebuilt += given.slice(at, start) + replacement;
        at = end;
      }
      expect(rebuilt + given.slice(at)).to.equal(result);
    }), { numRuns: 1000 });
  });

  it('a name that is known stands nowhere any more, and the spans still say how the text comes', () => {
    const names = fc.uniqueArray(fc.constantFrom('张三', '张三丰', '李建国', '买买提·艾力', '欧阳修文', '张', '*'), { maxLength: 3 });
    fc.assert(fc.property(text, names, (given, known) => {
      const { masked: result, spans } = maskText(given, known);
      for (const name of known) if ([...name].length > 1) expect(result).to.not.include(name);
      expect(findPersonalData(result)).to.deep.equal([]);
      expect(spans.toReversed().reduce((all, { start, end, replacement }) => all.slice(0, start) + replacement + all.slice(end), given)).to.equal(result);
    }), { numRuns: 1000 });
  });

  it('any text at all is taken', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (given) => {
      expect(maskText(given).masked).to.be.a('string');
    }));
  });

  it('an ID number and a mobile are found however they are spaced and whatever their width', () => {
    fc.assert(fc.property(wide(separated(id)), wide(separated(mobile)), (one, other) => {
      const result = masked(`号码：${one}；电话：${other}。`);
      expect(result).to.match(/^号码：\d{4}\*{10}[\dX]{2}；电话：\d{3}\*{4}\d{4}。$/);
    }), { numRuns: 1000 });
  });

  it('a unified code is left alone', () => {
    fc.assert(fc.property(uscc, (code) => {
      expect(masked(`统一社会信用代码${code}，`)).to.equal(`统一社会信用代码${code}，`);
    }), { numRuns: 1000 });
  });

  it('long texts take no long time', () => {
    const long = ['1'.repeat(200_000), '1 '.repeat(20_000), '路1号'.repeat(20_000), '宿迁市宿豫区人民路三组学生张'.repeat(3000), 'a.'.repeat(50_000)];
    const began = performance.now();
    for (const given of long) maskText(given);
    expect(performance.now() - began).to.be.below(5000);
  });
});
