import { visibleCases } from '../../../platform/visibility.ts';
import type { Span } from '../../../platform/http/view-models.ts';
import type { CaseState } from '../../../rules/casefile/types.ts';
import { openingOf, type Area, type Similar } from '../../../rules/incident/facts.ts';
import { plainName } from '../../../rules/text/alike.ts';
import type { Block, StageContext, Words } from '../../tasks/index.ts';
import { recurrenceWindow } from '../report/similar.ts';

/** Another report of the same firm or person, whichever unit made it. */
export interface OtherReport extends Similar {
  /** By the code, or by the name alone: then one of the two codes may be wrong. */
  readonly sameCode: boolean;
  readonly unit: string | null;
  readonly occurredOn: string;
  readonly area: Area;
  readonly region: string;
  readonly openedAt: Date;
  /** What it says, where the person may see that case; title and text of another stay with those who may. */
  readonly readable: CaseState | null;
}

interface Row {
  case_id: string;
  case_no: string;
  same_code: boolean;
  readable: boolean;
  state: CaseState;
}

/** At most so many stand beside the report; the same day and type come first. */
const mostShown = 6;

/**
 * Reports with a subject in common, by its code or by its folded name, across all units and whether or not the person may
 * see them (domain situation 21: two counties, two names of one firm). Open ones of the window of `incident.recurrence-window`,
 * and those that were handled and are of the same day and type; not those that somebody has found to be another matter.
 */
export async function findOtherReports({ knex, sight, law, state, words }: StageContext): Promise<OtherReport[]> {
  const { subjects, area, occurredOn } = openingOf(state);
  const firms = subjects.filter((subject) => subject.kind === 'organisation');
  const sealed = subjects.flatMap((subject) => (subject.kind === 'person' ? [subject.sealed] : []));
  if (subjects.length === 0) return [];
  const visible = visibleCases(sight, 'i.case_id');
  const { rows }: { rows: Row[] } = await knex.raw(
    `with named as (
       select case_id, true as same_code from case_subject where uscc = any(?::text[]) and opened_at >= ?
       union all
       select case_id, true from case_subject where sealed = any(?::uuid[]) and opened_at >= ?
       union all
       select case_id, false from case_subject where kind = 'organisation' and regexp_replace(folded(name), '\\s', '', 'g') = any(?::text[]) and opened_at >= ?
     ), found as (
       select case_id, bool_or(same_code) as same_code from named where case_id <> ? group by case_id
     )
     select i.case_id, i.case_no, found.same_code, ${visible.sql} as readable, f.state
     from found join incident i on i.case_id = found.case_id join case_file f on f.id = i.case_id
     where (i.status = 'open' or (i.outcome = 'handled' and i.occurred_on = ?::date and i.area = ?))
       and not exists (select 1 from case_link l where l.relation = 'apart' and (l.case_id = i.case_id and l.other = ? or l.case_id = ? and l.other = i.case_id))
     order by (i.occurred_on = ?::date) desc, (i.area = ?) desc, i.opened_at desc
     limit ?`,
    [
      firms.map(({ uscc }) => uscc), recurrenceWindow(law, words.now).from, sealed, recurrenceWindow(law, words.now).from,
      firms.map(({ name }) => plainName(name)), recurrenceWindow(law, words.now).from, state.id, ...visible.bindings,
      occurredOn, area, state.id, state.id, occurredOn, area, mostShown,
    ],
  );
  return rows.map(({ case_id: caseId, case_no: caseNo, same_code: sameCode, readable, state: other }) => {
    const opening = openingOf(other);
    return {
      caseId,
      caseNo,
      title: readable ? other.title : '',
      sameCode,
      unit: other.openedBy?.unit ?? null,
      occurredOn: opening.occurredOn,
      area: opening.area,
      region: opening.region,
      openedAt: new Date(other.openedAt),
      readable: readable ? other : null,
    };
  });
}

type Told = Pick<OtherReport, 'unit' | 'occurredOn' | 'area' | 'region' | 'openedAt' | 'readable'>;

const ofOwn = (state: CaseState): Told => {
  const { occurredOn, area, region } = openingOf(state);
  return { unit: state.openedBy?.unit ?? null, occurredOn, area, region, openedAt: new Date(state.openedAt), readable: state };
};

/** One side of the comparison: the same lines in the same order on both. */
function side({ unit, occurredOn, area, region, openedAt, readable }: Told, { t, moments, unit: unitName }: Words): Span[][] {
  const opening = readable && openingOf(readable);
  const subjects = opening?.subjects.map((subject) => (subject.kind === 'organisation' ? `${subject.name} ${subject.uscc}` : subject.masked)).join(t('common:list'));
  const lines: [string, string | undefined][] = [
    ['title', readable?.title],
    ['unit', unit === null ? undefined : unitName(unit)],
    ['reported', moments.day(openedAt).text],
    ['occurred', moments.day(occurredOn).text],
    ['area', t(`stages:area.${area}`)],
    ['region', unitName(region)],
    ['place', opening?.place],
    ['subjects', subjects],
    ['what', opening?.what],
  ];
  return [
    ...lines.flatMap(([key, text]) => (text === undefined ? [] : [[{ text: t('stages:form.verify.line', { label: t(`stages:form.verify.beside.${key}`), text }) }]])),
    ...(readable ? [] : [[{ text: t('stages:form.verify.unreadable') }]]),
  ];
}

/** The other reports, each beside this one. */
export function besideBlocks(others: readonly OtherReport[], state: CaseState, words: Words): Block[] {
  const { t } = words;
  if (others.length === 0) return [];
  return [
    { kind: 'notice', notice: { tone: 'soon', title: t('stages:form.verify.othersTitle', { count: others.length }), text: t('stages:form.verify.others') } },
    ...others.map((other): Block => ({
      kind: 'comparison',
      title: t('stages:form.verify.besideTitle', { caseNo: other.caseNo }),
      lead: t(`stages:form.verify.${other.sameCode ? 'sameCode' : 'sameName'}`),
      comparison: {
        left: { label: t('stages:form.verify.this', { caseNo: state.caseNo }), paragraphs: side(ofOwn(state), words) },
        right: { label: t('stages:form.verify.that', { caseNo: other.caseNo }), paragraphs: side(other, words) },
      },
    })),
  ];
}
