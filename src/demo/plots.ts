import type { Area, Field, Level, Measure } from '../rules/incident/facts.ts';

/** What one kind of incident of the demo city is about. Firms, places and persons are made up. */
export interface Plot {
  field: Field;
  area: Area;
  level: Level;
  /** The unit that answers for it, and those that help. */
  lead: string;
  helpers: string[];
  measures: Measure[];
  /** `{firm}` and `{place}` are filled in. */
  title: string;
  what: string;
  trade: string;
  finding: string;
  decision: string;
  prevention: string;
}

export const plots: readonly Plot[] = [
  {
    field: 'commerce', area: 'foodHygiene', level: 'large', lead: 'scjg', helpers: ['suyu'], measures: ['investigate', 'penalise'],
    trade: '食品有限公司', title: '{firm}使用过期原料加工熟食',
    what: '市民反映{place}的{firm}将过期冷冻禽肉解冻后继续加工熟食销售，现场视频在本地网络平台流传，浏览量超过 5 万次。',
    finding: '现场抽检确认 3 批次原料超过保质期，生产记录被涂改，反映属实。',
    decision: '没收违法所得和过期原料，并处罚款；责令停产整改，整改验收合格前不得恢复生产。',
    prevention: '对辖区熟食加工单位开展原料台账专项检查，推行进货扫码登记，每季度抽查一次。',
  },
  {
    field: 'society', area: 'wages', level: 'large', lead: 'rsj', helpers: ['shuyang'], measures: ['investigate', 'compensate'],
    trade: '建筑工程有限公司', title: '{firm}拖欠农民工工资',
    what: '{place}某住宅项目 46 名农民工反映{firm}自 6 月起未足额支付工资，合计约 78 万元，已多次到项目部讨要。',
    finding: '核对考勤和工资表，拖欠 46 人工资 77.6 万元，工资专用账户未按规定拨付。',
    decision: '责令限期支付全部拖欠工资；对未按规定使用工资专用账户的行为依法处罚。',
    prevention: '在建项目工资专用账户按月比对，余额不足的当月预警并约谈总包单位。',
  },
  {
    field: 'society', area: 'ecology', level: 'major', lead: 'hbj', helpers: ['scjg', 'suyu'], measures: ['investigate', 'penalise', 'rectify'],
    trade: '化工有限公司', title: '{firm}篡改在线监测数据排放废水',
    what: '巡查发现{place}的{firm}在废水在线监测设备采样管上加装稀释装置，排口附近河面有异味。',
    finding: '确认采样管加装稀释装置，实测化学需氧量超过排放限值 3.2 倍，监测数据失真。',
    decision: '依法处以罚款，责令停产整治；直接负责的主管人员移送公安机关。',
    prevention: '重点排污单位监测站房加装视频和门禁，采样管路每月现场核对。',
  },
  {
    field: 'society', area: 'workSafety', level: 'major', lead: 'yjj', helpers: ['suyu'], measures: ['investigate', 'penalise', 'rectify'],
    trade: '木业有限公司', title: '{firm}瞒报一起机械伤害事故',
    what: '群众举报{place}的{firm}车间发生机械伤害事故，一名工人重伤，企业未按规定报告并要求在场人员不得外传。',
    finding: '调取医院就诊记录和车间监控，确认事故发生 3 日后仍未报告。',
    decision: '对企业及其主要负责人瞒报事故的行为依法处罚，责令全面排查设备防护。',
    prevention: '与医疗机构建立工伤就诊信息通报，每月比对一次。',
  },
  {
    field: 'commerce', area: 'financialFraud', level: 'extraordinary', lead: 'scjg', helpers: ['zx', 'shuyang'], measures: ['investigate', 'rectify'],
    trade: '健康咨询有限公司', title: '{firm}以养生理财为名非法吸收资金',
    what: '{place}多名老年人反映{firm}以会员储值返利为名吸收资金，近期门店关闭、负责人失联，涉及 200 余人。',
    finding: '资金流水和会员合同显示承诺保本付息，涉及 213 人、约 960 万元，线索已移送公安机关。',
    decision: '案件移送公安机关立案侦查；市场监管部门将其列入经营异常名录并公示风险提示。',
    prevention: '社区网格每周走访新设养老理财类门店，发现宣传保本高息的当日上报。',
  },
  {
    field: 'commerce', area: 'other', level: 'general', lead: 'scjg', helpers: [], measures: ['investigate', 'rectify'],
    trade: '房地产经纪有限公司', title: '{firm}发布虚假学区房广告',
    what: '购房人反映{place}的{firm}在广告中承诺入读指定学校，签约后被告知不在学区范围内。',
    finding: '广告内容与教育部门公布的施教区不符，未取得任何书面依据。',
    decision: '责令停止发布并在相应范围内消除影响，处以罚款。',
    prevention: '房产经纪广告上线前登记备查，学区类用语一律附依据。',
  },
  {
    field: 'government', area: 'other', level: 'large', lead: 'suyu', helpers: ['xyb'], measures: ['investigate', 'compensate'],
    trade: '市政工程有限公司', title: '某街道办未按合同支付{firm}工程款',
    what: '{firm}反映承建{place}道路维修工程已竣工验收，某街道办以人员更替为由两年未付尾款 132 万元。',
    finding: '合同、验收和审计材料齐全，尾款应付未付属实。',
    decision: '由街道办在 30 日内付清尾款及利息，并向企业书面说明。',
    prevention: '政府类合同付款纳入政务诚信台账，逾期 10 日自动提示分管负责人。',
  },
  {
    field: 'judiciary', area: 'other', level: 'general', lead: 'shuyang', helpers: [], measures: ['investigate', 'rectify'],
    trade: '拍卖有限公司', title: '{firm}在司法拍卖中隐瞒标的瑕疵',
    what: '竞买人反映{firm}受托拍卖{place}一处厂房，公告未披露长期租赁，交付时无法腾退。',
    finding: '委托材料已载明租赁情况，拍卖公告遗漏披露。',
    decision: '责令改正，重新公告并赔偿竞买人直接损失；行业协会记录一次不良信息。',
    prevention: '司法拍卖公告实行双人核对，瑕疵清单作为公告必附材料。',
  },
  {
    field: 'commerce', area: 'foodHygiene', level: 'major', lead: 'scjg', helpers: ['hbj', 'shuyang'], measures: ['investigate', 'penalise'],
    trade: '餐饮管理有限公司', title: '{firm}承包的学校食堂发生食物中毒',
    what: '{place}一所中学 27 名学生午餐后出现呕吐、腹泻，食堂由{firm}承包经营。',
    finding: '留样检出金黄色葡萄球菌肠毒素，冷藏设备故障两日未停用，学生均已好转。',
    decision: '吊销该食堂经营许可，处以罚款；承包单位五年内不得从事学校供餐。',
    prevention: '学校食堂冷藏温度联网监测，超温 2 小时自动通知学校和监管人员。',
  },
  {
    field: 'society', area: 'wages', level: 'general', lead: 'rsj', helpers: [], measures: ['investigate', 'compensate'],
    trade: '服饰有限公司', title: '{firm}未为职工缴纳社会保险费',
    what: '{place}的{firm}部分职工反映入职两年来单位未办理社会保险登记。',
    finding: '抽查工资表与参保名册，应参保 63 人，未参保 21 人。',
    decision: '责令限期补缴并加收滞纳金。',
    prevention: '新招用备案与参保登记每月比对，差异名单发放企业核对。',
  },
  {
    field: 'society', area: 'ecology', level: 'general', lead: 'hbj', helpers: [], measures: ['investigate', 'rectify'],
    trade: '再生资源有限公司', title: '{firm}露天焚烧废旧塑料',
    what: '居民反映{place}的{firm}夜间露天焚烧废旧塑料，黑烟和异味影响周边小区。',
    finding: '夜间突击检查当场发现焚烧点 2 处。',
    decision: '责令立即停止并清理，处以罚款。',
    prevention: '重点地块安装高空瞭望，夜间发现火点 15 分钟内到场。',
  },
  {
    field: 'commerce', area: 'other', level: 'large', lead: 'scjg', helpers: ['zx'], measures: ['investigate', 'compensate'],
    trade: '健身服务有限公司', title: '{firm}收取预付款后闭店',
    what: '{place}的{firm}在促销收取年卡费用后突然闭店，涉及会员 380 余人、预付款约 110 万元。',
    finding: '门店已停止经营，负责人承认资金用于归还借款，无退费方案。',
    decision: '责令限期退还剩余预付款，列入重点监管；拒不退还的依法从重处罚。',
    prevention: '预付卡经营者资金存管比例公示，闭店前须提前 30 日公告。',
  },
];

/** Names of firms, before what they trade in. */
export const firmNames: readonly string[] = [
  '宿迁恒泽', '宿迁润诚', '沭阳金禾', '泗阳明远', '泗洪大湖', '宿豫新桥', '宿城嘉禾', '江苏楚源', '宿迁众邦', '沭阳百川',
  '宿迁同舟', '泗洪稻香', '宿迁锦程', '江苏骆马湖', '宿豫晨光', '沭阳花都', '泗阳意杨', '宿迁西楚', '宿城东方', '宿迁康宁',
];

export const places: readonly { region: string; name: string }[] = [
  { region: 'sucheng', name: '宿城区幸福路' },
  { region: 'suyu', name: '宿豫区江山大道' },
  { region: 'shuyang', name: '沭阳县迎宾大道' },
  { region: 'siyang', name: '泗阳县众兴镇' },
  { region: 'sihong', name: '泗洪县青阳街道' },
  { region: 'suyu', name: '宿豫区洪泽湖路' },
  { region: 'shuyang', name: '沭阳县南湖街道' },
];
