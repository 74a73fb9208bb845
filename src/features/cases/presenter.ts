import { labelledSummary } from '../../platform/http/forms.ts';
import type { Badge, Heading } from '../../platform/http/view-models.ts';
import { casePath } from '../../platform/process-words.ts';
import { filesIn } from '../../rules/casefile/fold.ts';
import { taskSlug } from '../../rules/casefile/rows.ts';
import type { KindPages } from '../tasks/index.ts';
import { presentActs } from './acts.ts';
import { filesOf, mailsOf, recusedFacts, recusedPersons, tasksOf } from './sections.ts';
import { noticesOf, ownTask, stageBarOf, turnOf, urgentTask } from './standing.ts';
import { presentTimeline } from './timeline.ts';
import type { CasePageParts, CommonCasePage } from './view.ts';

function headingOf({ state, person, words, reader }: CasePageParts, badges: Badge[]): Heading {
  const { t, chips } = words;
  const urgent = urgentTask(state);
  const turn = turnOf(state, words);
  const own = ownTask(state, person);
  return {
    title: state.title,
    number: state.caseNo,
    badges,
    ...(turn === undefined ? {} : { turn }),
    ...(urgent ? { deadline: urgent.suspended ? { state: 'paused' } : chips.explained(urgent.deadline) } : {}),
    links: [
      ...(own ? [{ href: `/tasks/${taskSlug(state, own)}`, label: t('cases:show.toOwnTask', { stage: words.stage(state.kind, own.stage) }), icon: 'arrow-right' as const, primary: true }] : []),
      ...(reader ? [] : [{ href: `${casePath(state.kind, state.caseNo)}/dossier.zip`, label: t('cases:dossier.link'), icon: 'download' as const }]),
    ],
  };
}

export function presentCommon(parts: CasePageParts, of: { pages: KindPages; list: { label: string; href: string }; badges: Badge[] }): CommonCasePage {
  const { state, record, words, order, person, people, posted } = parts;
  const { caseNo } = state;
  const own = casePath(state.kind, caseNo);
  const recused = recusedPersons(state, record.events);
  const fileHref = (hash: string): string => `${own}/files/${hash}`;
  const acts = presentActs({ state, person, words, people, recused, posted });
  const hashes = new Set(filesIn(state).map(({ hash }) => hash));
  return {
    page: { title: `${caseNo} ${state.title}`, printNumber: caseNo, crumbs: [of.list, { label: caseNo }], width: 'full' },
    heading: headingOf(parts, of.badges),
    notices: [...parts.notices, ...noticesOf(state, words)],
    stages: stageBarOf(state, words),
    tasks: tasksOf(state, words, 'open'),
    past: tasksOf(state, words, 'past'),
    timeline: presentTimeline({ events: record.events, kind: of.pages, words, files: hashes, fileHref }, order, `${own}${order === 'newest' ? '?order=oldest' : ''}#timeline`),
    files: filesOf(record.events, state, hashes, words),
    mails: mailsOf(record.mails, words),
    recused: recusedFacts(recused),
    acts,
    errors: posted ? labelledSummary(posted.form, acts.panels.find(({ act }) => act === posted.act)?.fields ?? [], words.t) : { errors: [] },
  };
}
