/** Done with the words after the command's name; the returned number, if any, is the exit status. */
export type Run = (args: readonly string[]) => Promise<number | void>;

/** One command of the operator's tool. */
export interface Command {
  /** What may follow the name. */
  readonly usage: string;
  readonly summary: { readonly 'zh-CN': string; readonly en: string };
  /** Commands are loaded when they are called, so that `help` needs no database driver. */
  readonly load: () => Promise<{ readonly run: Run }>;
}

export const commands: Readonly<Record<string, Command>> = {
  start: {
    usage: '',
    summary: { 'zh-CN': '启动本机全套服务（npm start）', en: 'start everything on this machine (npm start)' },
    load: () => import('./start.ts'),
  },
  web: {
    usage: '',
    summary: { 'zh-CN': '启动一个网页进程', en: 'run one web process' },
    load: () => import('./web.ts'),
  },
  worker: {
    usage: '',
    summary: { 'zh-CN': '启动一个流程与发信进程', en: 'run one worker process: cases and mail' },
    load: () => import('./worker.ts'),
  },
  inbox: {
    usage: '--folder FOLDER --smtp-port PORT --http-port PORT',
    summary: { 'zh-CN': '启动本机收件箱', en: 'run the local inbox' },
    load: () => import('./inbox.ts'),
  },
  migrate: {
    usage: '',
    summary: { 'zh-CN': '更新数据库结构', en: 'bring the database schema up to date' },
    load: () => import('./migrate.ts'),
  },
  'database-roles': {
    usage: '',
    summary: {
      'zh-CN': '以数据库超级用户建立应用账号和属主账号，并移交已有的表',
      en: "by the database's superuser: make the application's role and the owner's, and hand on the tables that are there",
    },
    load: () => import('./database-roles.ts'),
  },
  seed: {
    usage: '',
    summary: { 'zh-CN': '装入规则、日历和演示城市', en: 'load rules, calendar and the demo city' },
    load: () => import('./seed.ts'),
  },
  verify: {
    usage: '[--case NUMBER] [--record ID] [--root HEX] [--files] [--rebuild]',
    summary: { 'zh-CN': '核验事件链、各表数据和存证根（--files 连同附件）', en: 'prove the chains of events, the rows made from them and the anchors; --files: stored files too' },
    load: () => import('./verify.ts'),
  },
  dossier: {
    usage: 'FILE [--root HEX] [--locale zh-CN|en]',
    summary: { 'zh-CN': '离线核验导出的卷宗（无需数据库和密钥）', en: 'prove a case file that was handed out, without database or key' },
    load: () => import('./dossier.ts'),
  },
  backup: {
    usage: 'FOLDER [--keys FILE]',
    summary: { 'zh-CN': '备份数据库和附件（可在运行中进行）；密钥另存于 --keys 所指文件', en: 'back up database and files while people work; the keys go apart, to --keys' },
    load: () => import('./backup.ts'),
  },
  restore: {
    usage: 'FOLDER [--keys FILE]',
    summary: { 'zh-CN': '将备份恢复到空的系统', en: 'restore a backup into an empty installation' },
    load: () => import('./restore.ts'),
  },
  'mend-text': {
    usage: '',
    summary: { 'zh-CN': '修复含有无法识别字符的案件和记录，并重建其检索词', en: 'mend cases and records that have a character which cannot be read, and index them anew' },
    load: () => import('./mend-text.ts'),
  },
  resume: {
    usage: '',
    summary: { 'zh-CN': '为未结案件重新启动流程', en: 'start the process of every open case again' },
    load: () => import('./resume.ts'),
  },
  calendar: {
    usage: 'due --from YYYY-MM-DD --days N [--unit workday|day|month|hour] [--locale zh-CN|en]',
    summary: { 'zh-CN': '计算期限届满日，并说明理由', en: 'print when a term ends, and why' },
    load: () => import('./calendar.ts'),
  },
  codes: {
    usage: 'check FILE|- [--locale zh-CN|en]',
    summary: { 'zh-CN': '逐行核对统一社会信用代码、组织机构代码和公民身份号码', en: 'check unified codes, organisation codes and resident IDs, one a line' },
    load: () => import('./codes.ts'),
  },
  sheet: {
    usage: 'FILE [--locale zh-CN|en]',
    summary: {
      'zh-CN': '显示程序从表格文件中读到的内容：# 开头的行说明工作表和识别出的表，其余每行一个 JSON 对象',
      en: 'print what is read in a spreadsheet: lines with # tell its tabs and the table recognised, every other line is a row as a JSON object',
    },
    load: () => import('./sheet.ts'),
  },
  account: {
    usage: 'create --user NAME --name NAME --mail ADDRESS --role systemAdmin|securityAdmin|auditAdmin [--name-en NAME] [--city NAME]',
    summary: { 'zh-CN': '新系统建立三员的首批账号；重置管理员的密码', en: "make the first administrators' accounts of a new installation, or reset the password of one" },
    load: () => import('./account.ts'),
  },
  token: {
    usage: 'create --user NAME [--days N]',
    summary: { 'zh-CN': '为接口调用签发令牌', en: 'make a token for the API' },
    load: () => import('./token.ts'),
  },
  help: {
    usage: '',
    summary: { 'zh-CN': '显示本说明', en: 'show this text' },
    load: () => import('./help.ts'),
  },
};
