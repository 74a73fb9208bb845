import type { Request } from 'express';
import { Forbidden } from '../../platform/http/errors.ts';
import type { Badge, Cell, Facts } from '../../platform/http/view-models.ts';
import { processWords } from '../../platform/process-words.ts';
import { isClosed } from '../../rules/casefile/fold.ts';
import type { CaseState, TaskState } from '../../rules/casefile/types.ts';
import { isAdministratorRole } from '../../rules/people.ts';
import { repairOpeningOf, type RecordRef } from '../../rules/repair/facts.ts';
import { presentCommon, type CasePage, type CasePageParts, type CaseView } from '../cases/index.ts';
import { documentLinks } from '../documents/index.ts';
import type { KindPages, Words } from '../tasks/index.ts';
import { pushesOf, type Push } from './pushes.ts';
import { repairPages } from './stages/index.ts';
import { readRecord, recordFacts } from './stages/record-block.ts';

/** The signed-in person. @throws Forbidden for one who has no business here. */
export function staffOf(req: Request): Express.User {
  const person = req.user;
  if (!person || person.roles.every(({ role }) => isAdministratorRole(role))) throw new Forbidden('repairs:notYours');
  return person;
}

function standingOf(state: CaseState, { t }: Words): Badge[] {
  if (!isClosed(state)) return [];
  return [{ label: t(processWords.closing(state.kind, state.closings.at(-1)?.outcome ?? '')), tone: 'done' }];
}

/** Release orders and acknowledgements, each with its state: a unit that stays silent is seen at once. */
function ordersOf(state: CaseState, stages: readonly string[], words: Words): Facts | null {
  const { t, moments, now, chips } = words;
  const orders = Object.values(state.tasks).filter((task) => stages.includes(task.stage));
  if (orders.length === 0) return null;
  const standing = (task: TaskState): Cell =>
    task.status === 'open'
      ? { kind: 'deadline', deadline: chips.listed({ at: task.deadline ? new Date(task.deadline.at) : null, provisional: task.deadline?.provisional ?? false }) }
      : t('repairs:order', { outcome: words.outcome(state.kind, task.stage, task.outcome ?? ''), when: moments.short(new Date(task.doneAt ?? now), now).text });
  return { items: orders.map((task) => ({ term: orders.some(({ stage }) => stage !== task.stage) ? t('repairs:orderOf', { unit: words.unit(task.audience.unit), stage: words.stage(state.kind, task.stage) }) : words.unit(task.audience.unit), value: standing(task), wide: true })) };
}

/** The page of an application or objection. */
export async function presentApplication(
  parts: CasePageParts,
  of: { pages: KindPages; words: string; list: { label: string; href: string }; record: RecordRef; orderStages: readonly string[] },
): Promise<CasePage> {
  const { state, words } = parts;
  const { t } = words;
  const record = await readRecord(parts, of.record);
  const common = presentCommon(parts, { pages: of.pages, list: of.list, badges: [...(of.pages.mark(state, words) ? [of.pages.mark(state, words)!] : []), ...standingOf(state, words)] });
  return {
    ...common,
    documents: documentLinks(state, words),
    aboutTitle: t(`${of.words}:one`),
    about: of.pages.facts(state, words),
    recordTitle: t('repairs:record.title'),
    recordFacts: record ? recordFacts(record, words) : { items: [{ term: t('repairs:record.document'), value: of.record.documentNo }] },
    ordersTitle: t(`${of.words}:orders`),
    orders: ordersOf(state, of.orderStages, words),
  };
}

/** Under which numbers the upstream platform knows it, and which of them came when it was open already. */
function pushFact(pushes: readonly Push[], { t, moments }: Words): Facts['items'][number] {
  const lines = pushes.map(({ number, merged, at }) => t(merged ? 'repairs:fact.pushedAgain' : 'repairs:fact.pushed', { number, when: moments.dayTime(at).text }));
  return { term: t('repairs:fact.pushes'), value: { kind: 'lines', lines }, wide: true };
}

/** `/repairs/:caseNo`. */
export const repairView: CaseView = {
  kind: 'repair',
  listHref: '/repairs',
  staffOf,
  template: 'cases/show',
  async present(parts) {
    const page = await presentApplication(parts, {
      pages: repairPages,
      words: 'repairs',
      list: { label: parts.words.t('repairs:title'), href: '/repairs' },
      record: repairOpeningOf(parts.state).record,
      orderStages: ['release', 'reapply'],
    });
    const pushes = await pushesOf(parts.knex, parts.state.id);
    return pushes.length === 0 ? page : { ...page, about: { items: [...page.about.items, pushFact(pushes, parts.words)] } };
  },
};
