import type { CodeWord } from '../../../platform/code-word.ts';
import type { Badge, DataTable, DecisionDocument, Facts } from '../../../platform/http/view-models.ts';
import { creditOfficeOf } from '../../../rules/casefile/acts.ts';
import { isClosed } from '../../../rules/casefile/fold.ts';
import { disclosureNumber } from '../../../rules/casefile/rows.ts';
import type { CaseState } from '../../../rules/casefile/types.ts';
import { lastOf, levelOf, openingOf } from '../../../rules/incident/facts.ts';
import { hasRole } from '../../../rules/people.ts';
import { presentCommon, type CasePageParts, type CaseView, type CommonCasePage } from '../../cases/index.ts';
import type { Words } from '../../tasks/index.ts';
import { staffOf, type Incidents } from '../parts.ts';
import { incidentPages } from '../stages/index.ts';
import { opinionDocument } from '../stages/opinion-document.ts';
import { levelBadge, standingOf } from '../words.ts';
import { readLinks } from './links.ts';
import { disclosuresOf, factsOf, linksOf, opinionStatus, subjectsOf } from './sections.ts';

export interface IncidentPage extends CommonCasePage {
  facts: Facts;
  what: string[];
  subjects: DataTable;
  opinion: DecisionDocument | null;
  disclosures: Facts[];
  links: Facts | null;
}

function badgesOf(state: CaseState, { t }: Words): Badge[] {
  const level = levelOf(state);
  return [
    ...(level ? [levelBadge(level, t)] : []),
    { label: t(`stages:area.${openingOf(state).area}`), tone: 'plain' },
    ...((lastOf(state, 'grade')?.form.recurrences.length ?? 0) > 0 ? [{ label: t('incidents:show.recurring'), tone: 'soon' as const }] : []),
    ...(isClosed(state) ? [{ label: standingOf({ status: 'closed', step: null, outcome: state.closings.at(-1)?.outcome ?? null }, t), tone: 'done' as const }] : []),
  ];
}

/** Numbers of its opinions that are off in an emergency. */
async function opinionsOff(knex: CasePageParts['knex'], state: CaseState): Promise<ReadonlySet<string>> {
  if (state.disclosures.length === 0) return new Set();
  const numbers = state.disclosures.map((disclosure) => disclosureNumber(state, disclosure));
  return new Set(await knex('off_now').where({ kind: 'opinion' }).whereIn('ref', numbers).pluck<string[]>('ref'));
}

/** The units that may tell a reporter his code word: the office that answers him, and whoever entered what he said. */
const tellsReporter = (person: Express.User, state: CaseState): boolean =>
  [creditOfficeOf(state), state.openedBy?.unit].some((unit) => unit !== undefined && hasRole(person, 'handler', unit));

async function presentIncident(parts: CasePageParts, codeWord: CodeWord): Promise<IncidentPage> {
  const { state, words, knex, sight, person } = parts;
  const { reporter } = openingOf(state);
  const { t } = words;
  return {
    ...presentCommon(parts, { pages: incidentPages, list: { label: t('incidents:title'), href: '/incidents' }, badges: badgesOf(state, words) }),
    facts: factsOf(state, words, reporter && tellsReporter(person, state) ? codeWord(reporter.sealed) : null),
    what: openingOf(state).what.split(/\n+/),
    subjects: subjectsOf(state, words),
    opinion: opinionDocument(state, words, opinionStatus(state, words)) ?? null,
    disclosures: disclosuresOf(state, words, await opinionsOff(knex, state), sight.all),
    links: linksOf(await readLinks(knex, sight, state.id), words),
  };
}

/** `/incidents/:caseNo`. */
export const incidentView = ({ codeWord }: Pick<Incidents, 'codeWord'>): CaseView =>
  ({ kind: 'incident', listHref: '/incidents', staffOf, template: 'incidents/show', present: (parts) => presentIncident(parts, codeWord) });
