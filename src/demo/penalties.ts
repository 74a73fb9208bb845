import type { PenaltyKind, RecordDomain, RecordKind } from '../rules/records/facts.ts';

/** What one kind of record of the demo city is about. Firms, documents and amounts are made up. */
export interface PenaltyPlot {
  readonly kind: RecordKind;
  readonly domain: RecordDomain;
  readonly unit: string;
  /** Letters of the document number: 宿{letters}〔2026〕12号. */
  readonly letters: string;
  readonly kinds: readonly PenaltyKind[];
  readonly summaryProcedure?: true;
  /** In yuan: the least and the most of the fine; 0 for none. */
  readonly fine: readonly [number, number];
  readonly trade: string;
  readonly legalBasis: string;
  readonly act: string;
  /** `{fine}` is filled in. */
  readonly decision: string;
  /** What shows that the duty was performed. */
  readonly proof: string;
}

export const penaltyPlots: readonly PenaltyPlot[] = [
  {
    kind: 'penalty', domain: 'food', unit: 'scjg', letters: '市监食罚', kinds: ['fine', 'confiscateIncome'], fine: [20_000, 90_000], trade: '食品有限公司',
    legalBasis: '《中华人民共和国食品安全法》第一百二十四条', act: '销售超过保质期的预包装食品，经抽检确认 3 个批次。', decision: '没收违法所得，罚款 {fine} 元。', proof: '罚没款缴款凭证、过期食品销毁记录',
  },
  {
    kind: 'penalty', domain: 'marketSupervision', unit: 'scjg', letters: '市监罚', kinds: ['fine'], fine: [3_000, 30_000], trade: '商贸有限公司',
    legalBasis: '《中华人民共和国反不正当竞争法》第二十条', act: '在商品宣传中对产品性能作引人误解的商业宣传。', decision: '责令停止违法行为，罚款 {fine} 元。', proof: '罚款缴款凭证、更正后的宣传材料',
  },
  {
    kind: 'penalty', domain: 'workSafety', unit: 'yjj', letters: '应急罚', kinds: ['fine'], fine: [20_000, 180_000], trade: '木业有限公司',
    legalBasis: '《中华人民共和国安全生产法》第九十七条', act: '未按规定对从业人员进行安全生产教育和培训，特种作业人员无证上岗。', decision: '责令限期改正，罚款 {fine} 元。', proof: '罚款缴款凭证、培训记录和特种作业证书',
  },
  {
    kind: 'penalty', domain: 'ecology', unit: 'hbj', letters: '环罚', kinds: ['fine'], fine: [50_000, 400_000], trade: '化工有限公司',
    legalBasis: '《中华人民共和国水污染防治法》第八十三条', act: '超过水污染物排放标准排放水污染物，化学需氧量超标 0.8 倍。', decision: '责令改正，罚款 {fine} 元。', proof: '罚款缴款凭证、复测达标报告',
  },
  {
    kind: 'penalty', domain: 'ecology', unit: 'hbj', letters: '环停罚', kinds: ['fine', 'stopProduction'], fine: [200_000, 600_000], trade: '再生资源有限公司',
    legalBasis: '《中华人民共和国固体废物污染环境防治法》第一百一十二条', act: '将危险废物交无许可证的单位处置。', decision: '责令停产整治，罚款 {fine} 元。', proof: '罚款缴款凭证、整治验收意见、危险废物转移联单',
  },
  {
    kind: 'penalty', domain: 'wages', unit: 'rsj', letters: '人社监罚', kinds: ['fine'], fine: [5_000, 20_000], trade: '建筑工程有限公司',
    legalBasis: '《保障农民工工资支付条例》第五十四条', act: '未按规定编制工资支付台账，未开立农民工工资专用账户。', decision: '责令限期改正，罚款 {fine} 元。', proof: '罚款缴款凭证、工资专用账户开户证明和支付台账',
  },
  {
    kind: 'seriousList', domain: 'wages', unit: 'rsj', letters: '人社欠薪列', kinds: [], fine: [0, 0], trade: '市政工程有限公司',
    legalBasis: '《拖欠农民工工资失信联合惩戒对象名单管理暂行办法》第五条', act: '拖欠 31 名农民工工资 52 万元，责令限期支付后逾期未支付。', decision: '列入拖欠农民工工资失信联合惩戒对象名单。', proof: '工资支付凭证和农民工签收表',
  },
  {
    kind: 'abnormalOperation', domain: 'marketSupervision', unit: 'scjg', letters: '市监异列', kinds: [], fine: [0, 0], trade: '网络科技有限公司',
    legalBasis: '《企业信息公示暂行条例》第十七条', act: '通过登记的住所无法取得联系。', decision: '列入经营异常名录。', proof: '住所变更登记通知书',
  },
  {
    kind: 'penalty', domain: 'otherDomain', unit: 'suyu', letters: '宿豫城罚', kinds: ['warning'], summaryProcedure: true, fine: [0, 0], trade: '餐饮管理有限公司',
    legalBasis: '《城市市容和环境卫生管理条例》第三十四条', act: '店外经营占用人行道。', decision: '当场给予警告。', proof: '现场整改照片',
  },
  {
    kind: 'penalty', domain: 'quality', unit: 'shuyang', letters: '沭市监罚', kinds: ['fine', 'confiscateProperty'], fine: [10_000, 70_000], trade: '花木有限公司',
    legalBasis: '《中华人民共和国产品质量法》第五十条', act: '销售以不合格产品冒充合格产品的农资。', decision: '没收违法销售的产品，罚款 {fine} 元。', proof: '罚没款缴款凭证、召回记录',
  },
  {
    kind: 'judgmentDefaulter', domain: 'otherDomain', unit: 'zy', letters: '中院失执', kinds: [], fine: [0, 0], trade: '房地产开发有限公司',
    legalBasis: '《最高人民法院关于公布失信被执行人名单信息的若干规定》第一条', act: '有履行能力而拒不履行生效法律文书确定的义务。', decision: '纳入失信被执行人名单。', proof: '执行法院出具的履行完毕证明',
  },
];

/** Units that applied a measure because of a record, and which. */
export const usages: readonly { readonly unit: string; readonly measure: string; readonly legalBasis: string }[] = [
  { unit: 'suyu', measure: '限制申请财政性资金项目', legalBasis: '《全国失信惩戒措施基础清单》' },
  { unit: 'rsj', measure: '限制参加评先评优', legalBasis: '《全国失信惩戒措施基础清单》' },
  { unit: 'shuyang', measure: '列为重点监管对象', legalBasis: '《全国失信惩戒措施基础清单》' },
];
