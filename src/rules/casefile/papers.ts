import { repairUnit } from '../repair/facts.ts';
import type { Draft } from './events.ts';
import { taskOf } from './fold.ts';
import type { CaseKind, CaseState, PaperName } from './types.ts';

/** A document that a step issues, and the unit that signs it. */
export interface DuePaper {
  readonly name: PaperName;
  readonly unit: string;
}

/** What is issued with an outcome of a stage. */
const papers: Readonly<Partial<Record<CaseKind, Readonly<Record<string, Readonly<Record<string, PaperName>>>>>>> = {
  incident: { approve: { approved: 'opinion' } },
  repair: {
    accept: { accepted: 'acceptance', refused: 'refusal', supplement: 'supplement' },
    decide: { granted: 'decision', refused: 'decision' },
    'revoke-decide': { revoked: 'revocation' },
  },
  objection: { 'screen-decide': { refused: 'refusal' }, decide: { agreed: 'result' }, correct: { corrected: 'correction' } },
};

/** Stages whose applicant is told when they are extended. */
const extended: Readonly<Partial<Record<CaseKind, readonly string[]>>> = { repair: ['accept', 'check', 'decide'], objection: ['screen', 'screen-decide', 'verify', 'decide'] };

/** What was found, of an objection that is decided now: a record that goes is given notice of with the decision. */
const removes = (state: CaseState): boolean => Object.values(state.tasks).findLast(({ stage, status }) => stage === 'verify' && status === 'done')?.outcome === 'upheldRemove';

/** The documents that a step issues, each of which takes a number; `state` is that before the step. Pure. */
export function papersOf(state: CaseState, draft: Draft): DuePaper[] {
  if (draft.type === 'extension.decided') {
    const { stage, audience } = taskOf(state, draft.task);
    return draft.granted && extended[state.kind]?.includes(stage) ? [{ name: 'extension', unit: audience.unit }] : [];
  }
  // 拟撤销告知书: what whoever is to be heard is asked with.
  if (draft.type === 'task.opened') return state.kind === 'repair' && draft.stage === 'defence' ? [{ name: 'hearing', unit: repairUnit(state) }] : [];
  if (draft.type !== 'task.completed') return [];
  const { stage, audience } = taskOf(state, draft.task);
  const name = papers[state.kind]?.[stage]?.[draft.outcome];
  if (name === undefined) return [];
  const issued: DuePaper = { name, unit: audience.unit };
  return name === 'result' && removes(state) ? [issued, { name: 'correction', unit: String(state.opening['unit']) }] : [issued];
}
