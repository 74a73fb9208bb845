/** Words by which names of persons are told from other words. Lists of the language, not of the city: they are no rules. */

const SURNAMES =
  '王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝封官谈匡鞠惠荆乐冀胥南班储原栗燕楚鄢谌奚粟冼蔺阎萧常洪郁闻花狄习容扁晁云水赖屠池茹慕戈阚桓竺浦雍扈劳贡莘邰宰慎衡印满';
export const surnames: ReadonlySet<string> = new Set(SURNAMES);

/** Prepositions that are surnames as well: before another surname they are the former. */
export const prepositionSurnames: ReadonlySet<string> = new Set('向于和');

/** Surnames that far more often are a word of their own: before a word of the language they are no name. */
export const commonWords: ReadonlySet<string> = new Set('和于向原时应令满全平高');
/** The same, where no calling stands before them. */
export const commonWithoutCue: ReadonlySet<string> = new Set('和于向原时应令满全平高方曾何解项单明常成包白安连关管查任万印费容简');

/** Characters that hardly ever stand in a given name: what follows a name begins with them. */
export const notGiven: ReadonlySet<string> = new Set(
  '的了在是有和与及或被把将向对从到于因为以由而且但若则即又也都就才已曾未不没无非系称说讲问答告诉反映投举报等某各每该此那这哪谁们我你他她它己里内外上下后左右间个名位人员次日月岁级班校院部科室处所局办均过受遭伤亡死住去回走吃喝服购买卖付收取到给予让使请求要需能想须跟协助男女记氏镇乡村县市区街号',
);

/** Words that begin with a surname's character and are no name. */
export const notNames: ReadonlySet<string> = new Set(
  '高度 高中 高校 高等 高龄 高考 方面 方式 方法 方案 安全 安排 安置 安装 任何 任务 任教 成为 成员 成绩 成长 成功 全部 全体 全面 全国 全市 全县 全区 全校 时间 时代 时期 关于 关系 关注 关爱 关心 管理 管护 解决 解释 解除 应当 应该 应急 明显 明确 明知 平均 平时 平台 项目 文化 文明 文件 金额 金融 单位 单独 单亲 连续 连同 连带 严重 严格 许多 许可 段时 易于 路上 路过 余名 余人 万元 万名 党员 党委 和谐 白天 白血 温度 温暖 华侨 农村 农民 农业 师生 师资 查处 查询 查看 查明 原因 原有 原告 原则 费用 简单 包括 包含 包装 马上 周边 周围 周末 周期 周一 周二 周三 周四 周五 石油 水平 江苏 江山 河南 海南 云南 湖南 南京 南通 黄金 黄色 白色 蓝色 常见 常年 房屋 房产 房间 车辆 车间 车站 古城 明天 明年 封闭 官方 商业 商场 商户 商家 荣誉 乐园 宫颈 边远 景区 席位 宗教 司法 司机 阳光 阳性 游客 游玩 童年 左右 包车 纪律 季度 章程 施工 施救 康复 武装 严肃 汤类 万余 顾客 毛巾 雷电 贺信 秦淮 程度 叶子 余额 于今 何时 何地 何人 何种 马路 牛奶 牛肉 米饭 米面 麦当 沙石 桂花 燕子 陈述 查获 查封 查验 查实 方才 任意 时常 时任 常务 常住 成立 成分 安监 明示 应予 应以 应对 应急 应收 应付 向其 向本 于当 于该 于本 于其 和其 和该 白酒 黄酒 马铃 花生 花卉 印制 印刷 印章 满足 满意 池塘 单价 单号 单据 路段 路面 师傅 麻辣 牛羊 花费 水泥 水质 水产 水样 云服 洪水 洪灾 慎重 扈从 容量 容器 容许 原料 原件 原材 原定 班组 商品 商标 商铺 商贸 申请 申报 申辩 申诉 施行 施用 司乘 查找 查无 查清 车主 车牌 车型 车号 全额 全程 全长 全资 全年 安防 路政 路口 乐器 席间 郎中 储存 储备 栗子 迟到 迟延 封存 封条 谈话 惠民 楚汉 别墅 石料 石材 沙子 沙场 毛重 毛坯 项下 康养 安保 宁可 尚未 尚无 尚有 符合 舒适 华东 华北 曲线 成品 成交 成本 成都 成套 左侧 白天 甘油 毕业 盛放 焦炭 包间 包裹 包庇 游泳 管控 管辖 管网 管道 解散 解约 解冻 房地 房内 房源 农药 农资 司机 古镇 简易 简称 车内 车上 车载 连锁 连接 麦片 冷藏 冷冻 冷链 米粉 商谈 商议 荣获 仲裁 明火 查询 封控 官网 乐享 原处 原单 原公 南侧 南路 方可 方得 应如 任其 应其 应可 应同 应得 常可 何其 管家 东家 商会 安家 成家 易得 乐得 农户 房东 房主 卫生 甄别 储值 涂改 涂料 应参 游标 王家 张家 李家 陈家 刘家'.split(' '),
);

/** Words that say that a minor is spoken of. */
export const MINOR_CUE = '未成年人|未成年学生|中学生|小学生|初中生|高中生|学生|儿童|幼儿|婴儿|男童|女童|男孩|女孩|少年|患儿';

/** What persons are to each other. */
const KIN =
  '其(?:前)?(?:妻子?|夫|丈夫|父亲?|母亲?|子|女|兄|弟弟?|姐姐?|妹妹?|哥哥?|嫂子?|儿子|女儿|女婿|儿媳|孙子|孙女|祖父|祖母|外祖父|外祖母|岳父|岳母|公公|婆婆|叔叔?|伯父|舅舅?|姑姑?|姨|侄子?|外甥|姐夫|妹夫|配偶|爱人)'
  + '|前?妻子?|前夫|丈夫|父亲|母亲|爸爸|妈妈|儿子|女儿|长子|次子|长女|次女|哥哥|弟弟|姐姐|妹妹|胞[兄弟姐妹]|堂[兄弟姐妹]|表[兄弟姐妹哥]|姐夫|妹夫|嫂子|岳父|岳母|女婿|儿媳|配偶|爱人|祖父|祖母|爷爷|奶奶|外公|外婆|叔叔|伯父|舅舅|姑姑|侄子|外甥'
  + '|男友|女友|朋友|亲戚|亲属|家属|邻居|同事|室友|同学|同乡|老乡|孩子';

/** Who somebody is by calling, office or part in a proceeding, beyond the words that end as `PERSON_ENDING` says. */
const ROLE =
  '姓名|户名|署名|名叫|叫做|举报方|员工|职工|农民工|民工|电工|焊工|钳工|瓦工|木工|钢筋工|架子工|技工|杂工|临时工|护工|钟点工|村民|居民|市民|渔民|农户|商户|摊贩'
  + '|车主|船主|业主|店主|户主|机主|房主|货主|雇主|矿主|失主|债主|物主|站主|厂长|店长|队长|组长|校长|园长|院长|所长|站长|科长|处长|局长|班长|船长|机长|董事长|村长|镇长|部长|行长|社长|会长|秘书长|护士长|厨师长|理事长|工长|家长'
  + '|经理|监理|助理|总监|监事|董事|股东|会计|出纳|护士|医生|大夫|法医|保安|保洁|司机|老板|老板娘|中介|主管|主任|书记|支书|教授|学徒|房东|租客|房客|顾客|乘客|旅客|原告|被告|网友|伙计|秘书|翻译|文书|负责同志|男子|女子|妇女|老人|青年|法人|群主|第三人|对象|车老板|团长|领队|导游|主播|模特|裁判|教练';

/** The end of words for persons: 驾驶人, 管理员, 经营者, 药师. Not 他人, 或者. */
const PERSON_ENDING = '(?<=[\\u4e00-\\u9fff])(?<![本他个别某每多几一二两三四五六七八九十常法])人|(?<=[\\u4e00-\\u9fff])(?<![成动])员|(?<=[\\u4e00-\\u9fff])(?<![或])者|(?<=[\\u4e00-\\u9fff])师(?!傅|范|生)';

/** A word after which a name may stand; the first group holds what speaks of a minor. */
export const CUE = new RegExp(`(${MINOR_CUE})|(?:${KIN}|法定代表人|成员|${ROLE}|${PERSON_ENDING})`, 'g');

/** Words after which a name may stand without that anybody is called anything: what is found there a person looks at. */
export const WEAK_CUE =
  /(?:护照的|本人|他人|登记在|转租给|租给|借给|打给|卖给|交给|转给|付给|交由|雇佣|雇用|聘用|招用|招收|录用|责令|收取|送达|证实|表明|认定|查明|系由|[由向与和对给被从经让请找同跟系为将把])/g;

/** Ends of names of firms, shops and offices: what begins like a person's name and runs up to one of these is none. */
export const ORGANISATION =
  /(?:公司|集团|企业|商行|支行|分行|派出所|研究所|服务部|商店|门店|专卖店|旗舰店|便利店|酒店|饭店|药店|分店|网店|店|厂|超市|经营部|门市部|营业部|合作社|农场|养殖场|砂石场|场|馆|酒楼|餐厅|中心|银行|医院|诊所|学校|幼儿园|大药房|药房|事务所|工作室|网吧|会所|浴室|委员会|政府|局|站|院|铺|坊|城|楼|轩|阁|斋|府|堂|卤菜|羊肉|牛肉|烧烤|火锅|凉茶|酱油|啤酒)$/;

/** What may follow a place's own name. */
export const PLACE = /^(?:[\u4e00-\u9fff]{0,2})(?:路|街|镇|乡|村|县|市|区|湖|河|大道|社区|小区|居委会|圩|桥|港|工业园|开发区)/;
