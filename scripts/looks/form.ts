import type { ButtonRow, ConfirmBlock, ErrorSummary, Field, FormShell, Heading, Page } from '../../src/platform/http/view-models.ts';
import { LONG_UNIT, type Sample } from './sample.ts';

function fields(s: Sample): Field[] {
  const { say } = s;
  const units = [
    { value: 'scjg', label: say('市市场监督管理局', 'Market Regulation Bureau'), group: say('市级部门', 'City departments') },
    { value: 'hbj', label: say('市生态环境局', 'Ecology Bureau'), group: say('市级部门', 'City departments') },
    { value: 'suyu', label: say('宿豫区', 'Suyu District'), group: say('县区', 'Regions') },
  ];
  return [
    { kind: 'text', name: 'title', label: say('事件标题', 'Title'), required: true, hint: say('一句话说清何人何事，不写个人信息。', 'Who and what in one sentence, without personal data.'), value: say('某批发市场销售农残超标叶菜', 'Leaf vegetables over the limit sold at a market') },
    { kind: 'text', name: 'uscc', label: say('统一社会信用代码', 'Unified social credit code'), required: true, size: 'medium', check: 'uscc', value: '91321300MA1TE8T08U', error: say('统一社会信用代码第 18 位应为 Y，现为 U。请对照营业执照核对。', 'Character 18 of the unified social credit code should be Y and is U. Check it against the licence.') },
    { kind: 'textarea', name: 'facts', label: say('经过', 'What happened'), required: true, limit: 2000, rows: 4, value: say('9月19日起，本地和省级媒体先后报道该市场叶菜农药残留超标。', 'From 19 September media reported leaf vegetables over the limit.') },
    { kind: 'date', name: 'happenedOn', label: say('发生日期', 'Date'), required: true, max: '2026-09-24', value: '2026-09-26', error: say('发生日期 2026-09-26 晚于今天。', 'The date 2026-09-26 is in the future.') },
    { kind: 'number', name: 'amount', label: say('涉及金额', 'Amount'), unit: say('元', 'yuan'), value: '20,000' },
    { kind: 'number', name: 'days', label: say('延长', 'More time'), unit: say('工作日', 'working days'), whole: true, value: '5' },
    { kind: 'select', name: 'lead', label: say('牵头单位', 'Accountable unit'), required: true, options: units },
    { kind: 'select', name: 'field', label: say('领域', 'Field'), required: true, value: 'business', locked: say('定级后不能更改', 'cannot be changed once graded'), options: [{ value: 'business', label: say('商务诚信', 'Business') }] },
    { kind: 'radios', name: 'outcome', label: say('核实结论', 'Finding'), required: true, value: 'founded', options: [
      { value: 'founded', label: say('属实', 'Founded'), hint: say('进入定级。', 'Goes on to grading.') },
      { value: 'unfounded', label: say('不实', 'Unfounded'), hint: say('写明理由后结案，并告知报告人。', 'Closed with reasons; the reporter is told.') },
      { value: 'duplicate', label: say('重复', 'Duplicate'), disabled: say('没有可关联的在办事件', 'there is no open incident to link it to') },
    ] },
    { kind: 'radios', name: 'sex', label: say('是否公开', 'Public'), inline: true, required: true, error: say('请选择是否公开。', 'Choose whether it is public.'), options: [{ value: 'y', label: say('是', 'Yes') }, { value: 'n', label: say('否', 'No') }] },
    { kind: 'checkboxes', name: 'units', label: say('会办单位', 'Co-handling units'), values: ['suyu'], options: [...units, { value: 'dev', label: say(LONG_UNIT.zh, LONG_UNIT.en) }] },
    { kind: 'file', name: 'files', label: say('材料', 'Files'), multiple: true, accept: '.pdf,.docx,.jpg,.png', limits: say('PDF、DOCX、JPG、PNG，单个不超过 20 MB。', 'PDF, DOCX, JPG or PNG, 20 MB each at most.') },
    { kind: 'check', name: 'checked', label: say('我已核对上述内容，与原始材料一致。', 'I have checked this against the original documents.'), required: true },
  ];
}

/** A form with every kind of field, some of them wrong. */
export function formPage(s: Sample) {
  const { say } = s;
  const all = fields(s);
  return {
    page: { title: say('上报事件', 'Report an incident'), crumbs: [{ label: say('失信事件', 'Incidents'), href: '/list' }, { label: say('上报', 'Report') }] } satisfies Page,
    errors: { errors: all.flatMap((f) => (f.error ? [{ field: f.name, message: f.error }] : [])) } satisfies ErrorSummary,
    heading: { title: say('上报事件', 'Report an incident'), lead: say('报送后由市信用办核实。相同主体十二个月内的在办事件会先列出，供您比对。', 'The city credit office verifies what you report. Open incidents of the same subject within twelve months are shown first.') } satisfies Heading,
    form: { action: '/form', commandId: '5f0c', seenVersion: 7, upload: true } satisfies FormShell,
    fields: all,
    confirm: {
      title: say('撤回公开内容', 'Withdraw what is published'),
      consequences: [say('公开页面立即只显示“已撤回”和理由。', 'The public page at once shows only that it was withdrawn, and why.'), say('已推送“信用中国（江苏宿迁）”的数据同时发出撤回通知。', 'Credit China (Jiangsu Suqian) is told to withdraw it too.')],
      mailTo: [say('市市场监督管理局邮箱', 'Market Regulation Bureau'), say('报告人（编号 R-0042）', 'the reporter (R-0042)')],
      undo: { possible: false, text: say('需要再次公开时，须重新提出并审核。', 'To publish it again it must be proposed and released anew.') },
    } satisfies ConfirmBlock,
    buttons: {
      primary: { label: say('报送', 'Send') },
      others: [{ label: say('存为草稿', 'Save as draft'), name: 'draft', value: '1' }, { label: say('批准', 'Approve'), disabled: say('您起草了本意见，不能再由您批准（拟办与批准分离）。', 'You drafted this opinion, so somebody else must approve it (drafting and approval are separate).') }],
      cancel: { href: '/list', label: s.t('ui:form.cancel') },
    } satisfies ButtonRow,
  };
}

/** The sign-in page. */
export function plainPage(s: Sample) {
  const { say } = s;
  return {
    page: { title: say('登录', 'Sign in') } satisfies Page,
    heading: { title: say('登录', 'Sign in') } satisfies Heading,
    form: { action: '/login', warnWhenDirty: false } satisfies FormShell,
    fields: [
      { kind: 'text', name: 'username', label: say('用户名', 'User name'), required: true, autocomplete: 'username' },
      { kind: 'text', name: 'password', type: 'password', label: say('密码', 'Password'), required: true, autocomplete: 'current-password' },
    ] satisfies Field[],
    buttons: { primary: { label: say('登录', 'Sign in') } } satisfies ButtonRow,
  };
}
