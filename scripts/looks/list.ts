import type {
  Button, ButtonRow, CountTiles, DataTable, FilterBar, FormShell, Heading, Page, Pager, Row,
} from '../../src/platform/http/view-models.ts';
import { LONG_TITLE, LONG_UNIT, deadlineCell, type Sample } from './sample.ts';

function rows(s: Sample, count: number): Row[] {
  const { say } = s;
  const titles = [
    [LONG_TITLE.zh, LONG_TITLE.en], ['某某建筑劳务公司拖欠农民工工资', 'Migrant workers unpaid by a labour company'],
    ['某化工企业在线监测数据造假', 'Emission data falsified by a chemical plant'], ['某健身连锁预付卡停业不退费', 'Gym chain closed with prepaid cards unpaid'],
  ] as const;
  const units = [['市市场监督管理局', 'Market Regulation Bureau'], [LONG_UNIT.zh, LONG_UNIT.en], ['市人力资源和社会保障局', 'Human Resources Bureau'], ['沭阳县', 'Shuyang County']] as const;
  const stages = [['核实', 'Verify'], ['处理意见', 'Opinion'], ['交办', 'Assign'], ['公开', 'Publish']] as const;
  return Array.from({ length: count }, (_, i): Row => {
    const title = titles[i % 4] ?? titles[0];
    const unit = units[i % 4] ?? units[0];
    const stage = stages[i % 4] ?? stages[0];
    const number = `SX-2026-${String(128 - i).padStart(6, '0')}`;
    const state = i % 10;
    const claim: Button = i % 3 === 2 ? { label: say('认领', 'Claim'), disabled: say('您已回避', 'You are recused') } : { label: say('认领', 'Claim') };
    return {
      id: `row-${i}`,
      ...(state === 4 ? { tone: 'late' as const } : state > 0 && state < 4 ? { tone: 'soon' as const } : {}),
      select: { value: number, label: number },
      cells: {
        title: { kind: 'link', href: '/case', label: say(title[0], title[1]), note: number },
        stage: say(stage[0], stage[1]),
        unit: say(unit[0], unit[1]),
        level: { kind: 'badge', badge: i % 3 === 0 ? { label: say('重大', 'Major'), tone: 'late' } : { label: say('一般', 'General'), tone: 'plain' } },
        amount: { kind: 'number', text: (i * 1370 + 20_000).toLocaleString('en') },
        due: deadlineCell(s, i),
        acts: { kind: 'acts', acts: [{ action: '/claim', commandId: `c${i}`, button: claim }] },
      },
    };
  });
}

function table(s: Sample, count: number): DataTable {
  const { say } = s;
  return {
    caption: say('失信事件', 'Incidents'),
    select: { form: 'urge', name: 'cases' },
    columns: [
      { key: 'title', label: say('标题', 'Title'), line: 1, sort: { href: '?sort=title' } },
      { key: 'stage', label: say('阶段', 'Stage'), line: 2, tight: true },
      { key: 'level', label: say('级别', 'Level'), line: 2 },
      { key: 'unit', label: say('牵头单位', 'Accountable unit'), line: 2 },
      { key: 'amount', label: say('金额（元）', 'Yuan'), align: 'end' },
      { key: 'due', label: say('期限', 'Due'), line: 3, sort: { href: '?sort=due', direction: 'ascending' } },
      { key: 'acts', label: say('操作', 'Act'), line: 3 },
    ],
    rows: rows(s, count),
    empty: {
      title: say('没有符合条件的事件', 'No incident matches'),
      searched: [{ label: say('单位', 'Unit'), value: say('生态环境局', 'Ecology Bureau') }, { label: say('只看逾期', 'Late only'), value: say('是', 'yes') }],
      hint: say('换一个条件，或看全部事件。', 'Change a filter, or see them all.'),
      links: [{ href: '/list', label: say('全部事件', 'All incidents') }, { href: '/form', label: say('上报事件', 'Report an incident') }],
    },
  };
}

function filter(s: Sample): FilterBar {
  const { say } = s;
  return {
    action: '/list',
    search: { kind: 'text', name: 'q', label: say('标题、主体、代码或编号', 'Title, subject, code or number'), value: say('农产品', 'market') },
    fields: [
      { kind: 'select', name: 'stage', label: say('阶段', 'Stage'), blank: say('全部', 'All'), options: [{ value: 'verify', label: say('核实', 'Verify') }] },
      { kind: 'select', name: 'unit', label: say('牵头单位', 'Accountable unit'), blank: say('全部', 'All'), value: 'dev', options: [{ value: 'dev', label: say(LONG_UNIT.zh, LONG_UNIT.en) }] },
      { kind: 'select', name: 'late', label: say('期限', 'Due'), blank: say('全部', 'All'), options: [{ value: 'late', label: say('已逾期', 'Late') }] },
    ],
    more: [
      { kind: 'date', name: 'from', label: say('接报自', 'Reported from') },
      { kind: 'date', name: 'to', label: say('至', 'to') },
    ],
    applied: [{ label: say('农产品', 'market'), removeHref: '?' }, { label: say('牵头单位：开发区', 'Unit: development zone'), removeHref: '?' }],
    clearHref: '/list',
  };
}

/** A list of incidents with so many rows; 0 shows what an empty one says. */
export function listPage(s: Sample, count: number) {
  const { say } = s;
  return {
    page: { title: say('失信事件', 'Incidents'), width: 'full' } satisfies Page,
    heading: { title: say('失信事件', 'Incidents'), links: [{ href: '#', label: say('导出表格', 'Export'), icon: 'download' }] } satisfies Heading,
    tiles: { label: say('数量', 'Counts'), tiles: [
      { label: say('已逾期', 'Late'), count: 3, href: '?', tone: 'late' }, { label: say('今日到期', 'Due today'), count: 2, href: '?', tone: 'soon' },
      { label: say('本周到期', 'Due this week'), count: 11, href: '?' }, { label: say('可认领', 'To be claimed'), count: 0, href: '?' },
      { label: say('近期办结', 'Done lately'), count: 1204, href: '?', tone: 'done', note: say('近 30 天', 'last 30 days') },
    ] } satisfies CountTiles,
    filter: filter(s),
    table: table(s, count),
    pager: { text: count === 0 ? say('共 0 条', '0 in all') : say('第 51–100 条，共 1,204 条', '51–100 of 1,204'), ...(count > 0 ? { previousHref: '?before=a', nextHref: '?after=b' } : {}) } satisfies Pager,
    bulk: { action: '/urge', id: 'urge', label: say('催办', 'Urge'), commandId: 'u1' } satisfies FormShell,
    buttons: { primary: { label: say('催办所选', 'Urge the selected'), icon: 'bell' } } satisfies ButtonRow,
  };
}
