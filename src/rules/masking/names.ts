import { compoundSurnames } from './forms.ts';
import type { Find } from './shadow.ts';

const SURNAMES =
  '王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝封官谈匡鞠惠荆乐冀胥南班储原栗燕楚鄢谌奚粟冼蔺车';
const surnames: ReadonlySet<string> = new Set(SURNAMES);

/** Characters that hardly ever stand in a given name: what follows a name begins with them. */
const NOT_GIVEN = new Set(
  '的了在是有和与及或被把将向对从到于因为以由而且但若如则即又也都就才已曾未不没无非系称说讲问答告诉反映投举报等某各每该其此那这哪谁们我你他她它自己家里内外上下前后左右中间个名位人员次时日月年岁级班校院系部科室处所局办后者均经过受遭伤亡死住去来回走吃喝服购买卖付收取得到给予让使请求要需应可能会想必须与跟同协助男女',
);

/** Words that begin with a surname's character and are no name. */
const NOT_NAMES = new Set(
  '高度 高中 高校 高等 高龄 高考 方面 方式 方法 方案 安全 安排 安置 安装 任何 任务 任教 成为 成员 成绩 成长 成功 全部 全体 全面 全国 全市 全县 全区 全校 时间 时代 时期 关于 关系 关注 关爱 关心 管理 管护 解决 解释 解除 应当 应该 应急 明显 明确 明知 平均 平时 平台 项目 文化 文明 文件 金额 金融 单位 单独 单亲 连续 连同 连带 严重 严格 许多 许可 段时 向上 易于 路上 路过 余名 余人 万元 万名 党员 党委 和谐 和家 白天 白血 温度 温暖 华侨 农村 农民 农业 师生 师资 查处 查询 查看 查明 原因 原有 原告 原则 费用 简单 包括 包含 包装 马上 周边 周围 周末 周期 周一 周二 周三 周四 周五 石油 水平 江苏 江山 河南 海南 云南 湖南 南京 南通 黄金 黄色 白色 蓝色 常见 常年 房屋 房产 房间 车辆 车间 车站 古城 明天 明年 封闭 官方 商业 商场 商户 商家 荣誉 乐园 宫颈 边远 景区 席位 宗教 司法 司机 阳光 阳性 游客 游玩 童年 左右 包车 纪律 季度 章程 施工 施救 康复 武装 严肃 汤类 万余 顾客 毛巾 雷电 贺信 秦淮 程度 叶子 余额 于今 何时 何地 何人 何种 马路 牛奶 牛肉 米饭 米面 麦当 沙石 桂花 燕子'.split(' '),
);

const MINOR_CUE = '未成年人|未成年学生|中学生|小学生|初中生|高中生|学生|儿童|幼儿|婴儿|男童|女童|男孩|女孩|少年|患儿';
const PERSON_CUE = '姓名|联系人|举报人|投诉人|反映人|受害人|被害人|受害者|伤者|死者|患者|证人|家长|监护人|家属|消费者|从业人员|职工|员工|工人|农民工|村民|居民|业主|孩子|母亲|父亲';
const CUE = new RegExp(`(${MINOR_CUE})|(?:${PERSON_CUE})`, 'g');
const BETWEEN = /^(?:姓名)?(?:[:：] ?|[为是叫 ]|、)?/;
const NEXT_IN_LIST = /^(?:、|,|，|和|与|及)/;
const HAN = /[\u4e00-\u9fff]/;

/** Length of the name that begins here, 0 when none does. */
function nameLength(text: string): number {
  const chars = Array.from(text.slice(0, 6));
  const surname = compoundSurnames.has(chars.slice(0, 2).join('')) ? 2 : surnames.has(chars[0] ?? '') ? 1 : 0;
  const given = chars[surname] ?? '';
  if (surname === 0 || !HAN.test(given) || NOT_GIVEN.has(given)) return 0;
  if (surname === 1 && NOT_NAMES.has(chars.slice(0, 2).join(''))) return 0;
  const second = chars[surname + 1] ?? '';
  return surname + (HAN.test(second) && !NOT_GIVEN.has(second) ? 2 : 1);
}

/** A name alone in its field needs no known surname: 姓名：买买提·艾力，. */
const FIELD = /^[:：] ?([\u4e00-\u9fff]{2,4}|[\u4e00-\u9fff]{1,8}·[\u4e00-\u9fff]{1,8})(?=[ ,，。;；、()（）/\n\r]|$)/;

const AGE = /([\u4e00-\u9fff]{2,4})[（(,，]((?:男|女)?[,，、 ]?)(\d{1,2})周?岁/g;
const OF_AGE = 18;

/** Names of persons in a shadow, as far as words beside them give them away; a name without any such word is not found. */
export function findNames(shadow: string): Find[] {
  const finds: Find[] = [];
  for (const cue of shadow.matchAll(CUE)) {
    const kind = cue[1] === undefined ? 'name' : 'minor';
    let at = cue.index + cue[0].length;
    const field = FIELD.exec(shadow.slice(at, at + 24));
    if (field?.[1] !== undefined && !NOT_NAMES.has(field[1].slice(0, 2))) {
      const end = at + field[0].length;
      finds.push({ start: end - field[1].length, end, kind });
      at = end;
    } else {
      at += BETWEEN.exec(shadow.slice(at, at + 4))?.[0].length ?? 0;
      const length = nameLength(shadow.slice(at, at + 6));
      if (length === 0) continue;
      finds.push({ start: at, end: at + length, kind });
      at += length;
    }
    for (;;) {
      const join = NEXT_IN_LIST.exec(shadow.slice(at, at + 1))?.[0].length ?? 0;
      const length = join === 0 ? 0 : nameLength(shadow.slice(at + join, at + join + 6));
      if (length === 0) break;
      finds.push({ start: at + join, end: at + join + length, kind });
      at += join + length;
    }
  }
  for (const aged of shadow.matchAll(AGE)) {
    const [, words = '', , age = ''] = aged;
    if (Number(age) >= OF_AGE) continue;
    for (let from = 0; from < words.length - 1; from += 1) {
      const length = nameLength(words.slice(from));
      if (length === words.length - from) {
        finds.push({ start: aged.index + from, end: aged.index + words.length, kind: 'minor' });
        break;
      }
    }
  }
  return finds;
}
