import { expect } from 'chai';
import { checkCode, cleanCode } from '../../../src/rules/codes/index.ts';
import { maskEmail, maskName, publicText } from '../../../src/rules/masking/index.ts';
import { documentKey, plainName } from '../../../src/rules/text/alike.ts';
import { refusedCharacter } from '../../../src/rules/text/characters.ts';

/** What the patterns look for, in pieces: repeated, each makes a text that begins to be something at every place. */
const pieces = [
  '张', '驾驶人', '其妻', '经营者张三', '张三、', '身份证号', '1', '3213', 'a', 'a.', 'a@', '@', 'a@b.', '-', '138-', '1 ', ' ', '\n', '苏N', '苏NA', '路', '江苏省', '宿迁市',
  '宿迁市宿城区幸福路1号', '微信', '微信号a', 'QQ：', '护照E', '（', '(', '（（）', '〔2026〕', '公司', '未成年人', '未成年人张', '，男', '男，', '某', '·', '阿·', '法定代表人、', '账号6222',
  '62220000000000000', '6222 ', '2026年1月1日', '第1号', '1幢1单元', '村', '电话0527-', 'X', '"：', '\u200b', '\u3000', '和', '与张三和', '欧阳', '以下简称', 'ａ', '１', '．', '经营者张三未成年人', '-第1号', '1 １',
];

const readers: Readonly<Record<string, (text: string) => unknown>> = {
  'the masking of a text': (text) => publicText(text),
  'the masking of a text whose names are known': (text) => publicText(text, { names: ['张三', '李四'] }),
  'the masking of a name': maskName,
  'the masking of an address of mail': maskEmail,
  'the check of a code': (text) => checkCode(cleanCode(text), '2026-11-20'),
  'the check of characters': refusedCharacter,
  'the comparing of names': plainName,
  'the comparing of document numbers': documentKey,
};

const longest = 20_000;
/** Milliseconds of the processor; ten times what the slowest takes. What grows by the square takes minutes. */
const budgetMs = 3000;

describe('a long text of one piece repeated', function () {
  this.timeout(600_000);

  for (const [name, read] of Object.entries(readers)) {
    it(`takes ${name} no more time than its length`, () => {
      for (const piece of pieces) {
        const begun = process.cpuUsage();
        read(piece.repeat(Math.ceil(longest / piece.length)).slice(0, longest));
        expect(process.cpuUsage(begun).user / 1000, JSON.stringify(piece)).to.be.lessThan(budgetMs);
      }
    });
  }
});
