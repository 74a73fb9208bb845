import type { Badge, Cell, DataTable, Facts } from '../../../platform/http/view-models.ts';
import { disclosureNumber } from '../../../rules/casefile/rows.ts';
import type { CaseState, TaskState } from '../../../rules/casefile/types.ts';
import { accountableUnit, answeredAt, isAnswered, lastMomentOf, lastOf, openingOf, type IncidentSubject } from '../../../rules/incident/facts.ts';
import type { Words } from '../../tasks/index.ts';
import { addressOf } from '../list/filter.ts';
import { standingOf } from '../words.ts';
import type { LinkedCase } from './links.ts';

const time = (at: string | Date, { moments }: Words): Cell => ({ kind: 'when', when: moments.tableTime(new Date(at)) });

/** The page of a case. */
const caseHref = (caseNo: string): string => `/incidents/${caseNo}`;

function levelText(state: CaseState, { t }: Words): string | null {
  const form = lastOf(state, 'grade')?.form;
  if (!form) return null;
  const level = t(`stages:level.${form.level}`);
  return form.base === form.level ? level : t('incidents:show.levelRaised', { level, base: t(`stages:level.${form.base}`) });
}

/** @param codeWord what the reporter is told to ask by; null where the reader does not tell him. */
export function factsOf(state: CaseState, words: Words, codeWord: string | null): Facts {
  const { t, moments, unit } = words;
  const opening = openingOf(state);
  const accountable = accountableUnit(state);
  const level = levelText(state, words);
  const stated = answeredAt(state);
  const { openedBy, openedAt } = state;
  const reported = t('incidents:show.reportedBy', {
    unit: openedBy ? unit(openedBy.unit) : t('ui:timeline.system'), name: openedBy?.name ?? '', channel: t(`incidents:channel.${opening.channel}`),
  });
  const items: (Facts['items'][number] | null)[] = [
    { term: t('incidents:occurredOn'), value: { kind: 'when', when: moments.day(opening.occurredOn) } },
    { term: t('incidents:place'), value: t('incidents:show.placeIn', { region: unit(opening.region, 'short'), place: opening.place }) },
    { term: t('incidents:field'), value: t(`stages:field.${opening.field}`) },
    { term: t('incidents:area'), value: t(`stages:area.${opening.area}`) },
    level === null ? null : { term: t('incidents:level'), value: level },
    accountable === null ? null : { term: t('incidents:accountableUnit'), value: unit(accountable) },
    stated === null ? null : {
      term: t('stages:stage.statement'),
      value: t(`incidents:show.stated.${stated.inTime ? 'inTime' : 'late'}`, { when: moments.dayTime(new Date(stated.at)).text, where: stated.where }),
      wide: true,
    },
    lastOf(state, 'feedback') ? { term: t('incidents:show.answered'), value: t(isAnswered(state) ? 'incidents:show.answeredYes' : 'incidents:show.answeredNo') } : null,
    { term: t('incidents:show.reported'), value: reported },
    { term: t('incidents:column.openedAt'), value: time(openedAt, words) },
    opening.reporter ? { term: t('incidents:show.reporter'), value: { kind: 'masked', masked: { text: opening.reporter.masked, reason: t('incidents:show.maskedReporter') } } } : null,
    codeWord === null ? null : { term: t('incidents:show.codeWord'), value: codeWord },
    opening.sourceUrl && /^https?:/i.test(opening.sourceUrl) ? { term: t('incidents:sourceUrl'), value: { kind: 'link', href: opening.sourceUrl, label: opening.sourceUrl }, wide: true } : null,
  ];
  return { items: items.filter((item) => item !== null) };
}

export function subjectsOf(state: CaseState, { t }: Words): DataTable {
  const { subjects } = openingOf(state);
  const row = (subject: IncidentSubject): Record<string, Cell> => subject.kind === 'organisation'
    ? { name: { kind: 'link', href: addressOf({ q: subject.uscc }), label: subject.name }, kind: t('incidents:subjectKind.organisation'), code: { kind: 'number', text: subject.uscc } }
    : {
      name: { kind: 'masked', masked: { text: subject.masked, reason: t('incidents:show.maskedSubject') } },
      kind: t('incidents:subjectKind.person'),
      code: { kind: 'link', href: addressOf({ person: subject.sealed }), label: t('incidents:show.otherCases') },
    };
  return {
    caption: t('incidents:subjects'),
    columns: [
      { key: 'name', label: t('incidents:show.subjectName'), line: 1 },
      { key: 'kind', label: t('incidents:report.subjectKind'), line: 2, tight: true },
      { key: 'code', label: t('incidents:show.subjectCode'), line: 3 },
    ],
    rows: subjects.map((subject) => ({ cells: row(subject) })),
    empty: { title: t('incidents:show.noSubjects') },
  };
}

/** How far the last drafted opinion has come. */
export function opinionStatus(state: CaseState, { t }: Words): Badge {
  const drafted = lastOf(state, 'opinion');
  const after = (stage: string): TaskState | undefined =>
    Object.values(state.tasks).filter((task) => task.stage === stage && task.number > (drafted?.number ?? 0)).at(-1);
  const said = [after('approve'), after('legal-review')].find((task) => task?.status === 'done');
  if (said?.outcome === 'approved') return { label: t('incidents:opinion.approved'), tone: 'done' };
  if (said?.outcome === 'sentBack') return { label: t('incidents:opinion.sentBack'), tone: 'late' };
  return { label: t('incidents:opinion.draft'), tone: 'soon' };
}

const disclosureTones = { published: 'done', withdrawn: 'late', ended: 'plain' } as const;

/** Each disclosure with its terms, the latest first; a public one with the way to its page. */
export function disclosuresOf(state: CaseState, { t, moments }: Words, off: ReadonlySet<string>, mayTakeOff: boolean): Facts[] {
  return state.disclosures.toReversed().map((disclosure) => {
    const number = disclosureNumber(state, disclosure);
    const { title, status, basis, channel, reason, from, until } = disclosure;
    const shown: Cell = status === 'ended' ? title : { kind: 'link', href: `/public/opinions/${number}`, label: title, note: number };
    const term = t('incidents:disclosure.fromUntil', { from: moments.day(new Date(from)).text, until: moments.day(lastMomentOf(until)).text });
    return {
      items: [
        { term: t('incidents:disclosure.number'), value: shown, wide: true },
        { term: t('incidents:show.standing'), value: { kind: 'badge', badge: off.has(number) ? { label: t('takedowns:act.off'), tone: 'late' } : { label: t(`incidents:disclosure.status.${status}`), tone: disclosureTones[status] } } },
        { term: t('incidents:disclosure.channel'), value: t(`stages:channel.${channel}`) },
        { term: t('incidents:disclosure.term'), value: term, wide: true },
        { term: t('incidents:disclosure.basis'), value: basis, wide: true },
        ...(reason === null ? [] : [{ term: t('incidents:disclosure.reason'), value: reason, wide: true }]),
        ...(mayTakeOff && status !== 'ended' && !off.has(number) ? [{ term: t('takedowns:act.title'), value: { kind: 'link' as const, href: `/takedowns/new?text=opinion:${number}`, label: t('takedowns:act.send') }, wide: true }] : []),
      ],
    };
  });
}

export function linksOf(links: readonly LinkedCase[], { t, moments }: Words): Facts | null {
  if (links.length === 0) return null;
  return {
    items: links.map((link) => ({
      term: t(`incidents:relation.${link.relation}`),
      value: {
        kind: 'link', href: caseHref(link.caseNo), label: link.title,
        note: t('incidents:show.linkNote', { caseNo: link.caseNo, standing: standingOf(link, t), date: moments.table(link.openedAt).text }),
      },
      wide: true,
    })),
  };
}

