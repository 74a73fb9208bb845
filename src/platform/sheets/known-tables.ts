import { plainName, type Catalogue } from './header.ts';

/** Tables that credit offices exchange, by name `files:table.*`. */
export const tableKinds = ['penalties', 'permits', 'incidents', 'lists', 'commitments'] as const;
export type TableKind = (typeof tableKinds)[number];

/**
 * Names and field codes of the columns of each: of penalties and permits those of double publicity (双公示) of 2018 and of
 * the years before, of lists those of red, black and watch lists, of commitments those of the national table.
 */
const columns: Readonly<Record<TableKind, string>> = {
  penalties: `CF_XDR_MC|行政相对人名称|CF_XDR_LB|行政相对人类别|CF_XDR_SHXYM|统一社会信用代码|CF_XDR_GSZC|工商注册号|CF_XDR_ZZJG|组织机构代码|CF_XDR_SWDJ|税务登记号|CF_XDR_SYDW
    |事业单位证书号|CF_XDR_SHZZ|社会组织登记证号|CF_FRDB|法定代表人|CF_FR_ZJLX|法定代表人证件类型|CF_FR_ZJHM|法定代表人证件号码|CF_XDR_ZJLX|自然人证件类型|CF_XDR_ZJHM|自然人证件号码
    |CF_WSH|行政处罚决定书文号|CF_WFXW|违法行为类型|CF_SY|违法事实|CF_YJ|处罚依据|CF_CFLB|处罚类别|CF_NR|处罚内容|CF_NR_FK|罚款金额|CF_NR_WFFF|没收违法所得、没收非法财物的金额
    |CF_NR_ZKDX|暂扣或吊销证照名称及编号|CF_JDRQ|处罚决定日期|CF_YXQ|处罚有效期|CF_GSJZQ|公示截止期|CF_CFJG|处罚机关|CF_CFJGDM|处罚机关统一社会信用代码|CF_SJLY|数据来源单位
    |CF_SJLYDM|数据来源单位统一社会信用代码|BZ|备注|CF_CFMC|处罚名称|CF_BM|行政处罚编码|CF_CFLB1|处罚类别1|CF_CFLB2|处罚类别2|处罚事由|行政相对人代码1|行政相对人代码2|CF_XDR_ZDM
    |行政相对人代码3|CF_XDR_GSDJ|行政相对人代码4|行政相对人代码5|CF_XDR_SFZ|CF_FR|法定代表人姓名|CF_JG|处罚结果|CF_XZJG|CF_ZT|当前状态|DFBM|地方编码|SJC|数据更新时间戳|CF_SYFW
    |信息使用范围|CF_SXYZCD|失信严重程度`,
  permits: `XK_XDR_MC|行政相对人名称|XK_XDR_LB|行政相对人类别|XK_XDR_SHXYM|统一社会信用代码|XK_XDR_GSZC|工商注册号|XK_XDR_ZZJG|组织机构代码|XK_XDR_SWDJ|税务登记号|XK_XDR_SYDW
    |事业单位证书号|XK_XDR_SHZZ|社会组织登记证号|XK_FRDB|法定代表人|XK_FR_ZJLX|法定代表人证件类型|XK_FR_ZJHM|法定代表人证件号码|XK_XDR_ZJLX|自然人证件类型|XK_XDR_ZJHM|自然人证件号码
    |XK_XKWS|行政许可决定文书名称|XK_WSH|行政许可决定文书号|行政许可决定书文号|许可文书号|XK_XKLB|许可类别|XK_XKZS|许可证书名称|XK_XKBH|许可编号|XK_NR|许可内容|XK_JDRQ|许可决定日期
    |XK_YXQZ|有效期自|XK_YXQZI|有效期至|XK_XKJG|许可机关|XK_XKJGDM|许可机关统一社会信用代码|XK_ZT|当前状态|XK_LYDW|数据来源单位|XK_LYDWDM|数据来源单位统一社会信用代码|BZ|备注
    |XK_XMMC|项目名称|XK_BM|行政许可编码|XK_SPLB|审批类别|XK_XDR|行政相对人代码1|行政相对人代码2|XK_XDR_ZDM|行政相对人代码3|XK_XDR_GSDJ|行政相对人代码4|行政相对人代码5|XK_XDR_SFZ
    |XK_FR|法定代表人姓名|XK_JZQ|许可截止期|XK_XZJG|DFBM|地方编码|SJC|数据更新时间戳|XK_SYFW|信息使用范围`,
  incidents: `事件标题|标题|title|事件经过|事件描述|what happened|诚信领域|field|事件类别|area|发生日期|occurred on|地区|region|地点|place|主体名称|subject|主体代码|subject code|信息来源|source
    |反映人姓名|反映人邮箱`,
  lists: `TYSHXYDM|统一社会信用代码|ZZJGDM|组织机构代码|GSZCH|工商注册号|JGQC|机构全称|FDDBR|法定代表人|FZRXM|负责人姓名|ZCDZ|注册地址|RDDW|认定单位|RDWH|认定文号|ZYSXSS|主要失信事实|SCFZYNR
    |处理处罚或判决主要内容|QRYZSXRQ|确认严重失信日期|GSJZQ|公示截止期|BZWJH|表彰文件号|RYMC|荣誉名称|RDJGQC|认定机关全称|RDRQ|认定日期|XM|姓名|SFZH|身份证号|ZJLX|证件类型|XZCLJDNR
    |行政处理决定内容|RYSX|荣誉事项|主体类别|MDLXID|名单类型|ZTMC|主体名称|RDBM|认定部门|RDYJ|认定依据|LRMDSY|列入名单事由|列入红/黑名单事由|列入名单时间|列入名单日期|企业名称|欠薪额度
    |取消时间|事故名称|死亡人数|重伤人数|累计发生事故次数|重大火灾隐患内容|认定时间|销案时间|LRRQ|列入日期|LRSY|列入事由|RDJG|认定机关|列入原因|列入决定机关|移出日期|移出原因|移出决定机关|关注时间
    |关注截止期|关注部门|列入经营异常名录原因|执行法院|案号|被执行人姓名/名称`,
  commitments: `承诺编码|承诺人名称|承诺人类别|承诺人代码|承诺类型|承诺事由|承诺内容|违诺责任|承诺作出日期|承诺有效期|承诺履行状态|未履行的承诺内容|违诺责任追究内容|承诺履行状态认定日期
    |承诺履行状态认定单位|认定单位代码|承诺受理单位|承诺受理单位代码|公开类型|备注`,
};

export const catalogueOf = (kind: TableKind): Catalogue<TableKind> => ({
  kind, names: new Map(columns[kind].split('|').map((name) => name.trim()).map((name): [string, string] => [plainName(name), name])),
});

/** All kinds that are known, the one that is wanted first with all names that its own reader knows. */
export function cataloguesFor(wanted: TableKind, names: ReadonlyMap<string, string>): readonly Catalogue<TableKind>[] {
  return [{ kind: wanted, names }, ...tableKinds.filter((kind) => kind !== wanted).map(catalogueOf)];
}
