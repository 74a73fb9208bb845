/** What the statements of a page ask about. */
export interface Subject {
  /** Ids by user name. */
  readonly people: Readonly<Record<string, string>>;
  readonly caseId: string;
  readonly caseNo: string;
  readonly word: string;
  readonly frequent: string;
  readonly name: string;
}

export interface Statement {
  readonly name: string;
  readonly text: string;
  readonly values: readonly unknown[];
  /** Runs on the ids of the first column of this statement's rows, as `$1`. */
  readonly each?: readonly { readonly name: string; readonly text: string }[];
}

export const pageNames = [
  'my work', 'overdue board', 'one case', 'incidents', 'incidents, filtered', 'incidents, page 2', 'incidents of a department',
  'search: 2 characters', 'search: frequent word', 'search: 3 characters', 'search: number', 'public list',
] as const;
export type PageName = (typeof pageNames)[number];

const taskColumns = 'slug, case_no, title, stage, unit, role, assignee_name, deadline_at, provisional, done_at, outcome, urged';
const incidentColumns = 'i.case_id, i.case_no, i.title, i.status, i.step, i.level, i.field, i.area, i.region, i.accountable_unit, i.occurred_on, i.due_at, i.outcome, i.opened_at, i.closed_at';

/** Subjects and open tasks beside the rows of a list. */
const companions = [
  { name: 'subjects', text: 'select case_id, name, uscc from case_subject where case_id = any($1::uuid[]) order by case_id, number' },
  { name: 'tasks', text: `select case_id, stage, unit, assignee_name, deadline_at, provisional from case_task where case_id = any($1::uuid[]) and status = 'open' and not side order by deadline_at` },
];

/** The counts that were kept of incidents: of all, or of a unit. */
const standing = (scope: string): Statement => ({
  name: 'standing', values: ['incident', scope],
  text: `select list, key[3], sum(n) from kept_count where list in ('cases', 'due') and key >= array[$1, $2] and key < array[$1, $2 || '~'] and bucket <= now() group by list, key[3]`,
});

/** A list that is narrowed by nothing else has the counts that were kept; others are counted to 1,000. */
function list(name: string, where: string, values: readonly unknown[], { offset = 0, scope = '*', kept = false } = {}): Statement[] {
  return [
    { name: `${name}-rows`, text: `select ${incidentColumns} from incident i where ${where} order by i.opened_at desc, i.case_id limit 51 offset ${offset}`, values, each: companions },
    ...(kept ? [] : [{ name: `${name}-count`, text: `select count(*) from (select 1 from incident i where ${where} limit 1001) c`, values }]),
    standing(scope),
  ];
}

/** As many rows of each group as the page shows. */
const own = [
  { group: 'late', due: 'deadline_at < now()', limit: 20 },
  { group: 'today', due: `deadline_at >= now() and deadline_at < date_trunc('day', now()) + interval '1 day'`, limit: 20 },
  { group: 'week', due: `deadline_at >= date_trunc('day', now()) + interval '1 day' and deadline_at < date_trunc('week', now()) + interval '1 week'`, limit: 10 },
  { group: 'later', due: `deadline_at >= date_trunc('week', now()) + interval '1 week'`, limit: 10 },
];

/** The rows that each page shows, by statements as one would write them for that page alone. */
export function statementsOf(page: PageName, { people, caseId, caseNo, word, frequent, name }: Subject): Statement[] {
  const handler = people['xyb.handler'];
  switch (page) {
    case 'my work':
      return [
        {
          name: 'own', values: [handler],
          text: own.map(({ due, limit }) => `(select ${taskColumns} from case_task where assignee = $1 and status = 'open' and ${due} order by deadline_at, slug limit ${limit})`).join(' union all '),
        },
        { name: 'own-counts', text: `select bucket, sum(n) from kept_count where list = 'own' and key >= array[$1] and key < array[$1 || '~'] group by bucket`, values: [handler] },
        { name: 'claimable', text: `select ${taskColumns} from case_task where unit = 'xyb' and role = 'handler' and status = 'open' and assignee is null order by deadline_at, slug limit 10`, values: [] },
        { name: 'claimable-counts', text: `select sum(n), sum(n) filter (where bucket <= now()) from kept_count where list = 'claimable' and key = array['xyb', 'handler']`, values: [] },
        { name: 'done', text: `select ${taskColumns} from case_task where done_by = $1 and status = 'done' and done_at > now() - interval '7 days' order by done_at desc, slug desc limit 5`, values: [handler] },
      ];
    case 'overdue board':
      return [
        {
          name: 'cells', values: [],
          text: `select key, sum(n) filter (where bucket < now()), sum(n) filter (where bucket >= now()) from kept_count where list = 'board' and bucket < now() + interval '3 days' group by key`,
        },
        { name: 'late', text: `select ${taskColumns}, case_id, task_id from case_task where status = 'open' and deadline_at < now() order by deadline_at, slug limit 51`, values: [] },
      ];
    case 'one case':
      return [
        { name: 'state', text: 'select state from case_file where case_no = $1', values: [caseNo] },
        { name: 'events', text: 'select * from case_event where case_id = $1 order by seq', values: [caseId] },
        { name: 'mails', text: 'select m.id, m.subject, p.name, m.recipient, m.status, m.queued_at, m.sent_at from mail m left join person p on p.id = m.person_id where m.case_id = $1 order by m.queued_at desc limit 101', values: [caseId] },
        { name: 'links', text: 'select i.case_no, i.title, l.relation from case_link l join incident i on i.case_id = l.other where l.case_id = $1', values: [caseId] },
      ];
    case 'incidents':
      return list('all', 'true', [], { kept: true });
    case 'incidents, filtered':
      return list('filtered', `i.area = $1 and i.level = $2 and i.status = 'closed'`, ['foodHygiene', 'major']);
    case 'incidents, page 2':
      return list('second', 'true', [], { offset: 50, kept: true });
    case 'incidents of a department':
      return [
        {
          name: 'department-rows', values: ['scjg'], each: companions,
          text: `select ${incidentColumns} from case_party p join incident i on i.case_id = p.case_id where p.unit = $1 and p.kind = 'incident' order by p.opened_at desc, p.case_id limit 51`,
        },
        standing('scjg'),
      ];
    case 'search: 2 characters':
      return list('word', 'i.search @@ $1::tsquery', [`'${word}'`]);
    case 'search: frequent word':
      return list('word', 'i.search @@ $1::tsquery', [`'${frequent}'`]);
    case 'search: 3 characters':
      return list('word', 'i.search @@ $1::tsquery', [`'${name.slice(0, 2)}' & '${name.slice(1, 3)}'`]);
    case 'search: number':
      return list('number', 'i.case_no = $1', [caseNo]);
    case 'public list':
      return [
        {
          name: 'opinions', values: [],
          text: `select d.number, d.title, d.channel, d.status, d.published_at, d.until, d.changed_at, u.name, u.name_en
                 from disclosure d join unit u on u.id = d.unit where d.status in ('published', 'withdrawn') and d.until > now()
                 order by d.published_at desc, d.number desc limit 51`,
        },
        { name: 'opinions-count', text: `select count(*) from (select 1 from disclosure where status in ('published', 'withdrawn') and until > now() limit 1001) c`, values: [] },
      ];
  }
}
