import type { Process } from '../casefile/process.ts';
import { stepAmong } from '../casefile/steps.ts';
import type { CaseState } from '../casefile/types.ts';

/** 宿政办发〔2018〕43号, task 1: from report to feedback, as the stage bar shows it. */
export const incidentSteps = [
  'verify',
  'grade',
  'assign',
  'handle',
  'opinion',
  'disclose',
  'feedback',
  'prevention',
  'close',
] as const;
export type IncidentStep = (typeof incidentSteps)[number];

export const incidentStages = {
  verify: { step: 'verify', outcomes: ['founded', 'unfounded', 'duplicate'] },
  grade: { step: 'grade', outcomes: ['graded'] },
  assign: { step: 'assign', outcomes: ['assigned'] },
  acknowledge: { step: 'assign', outcomes: ['acknowledged', 'returned'] },
  'first-report': { step: 'handle', outcomes: ['reported'] },
  // Tests and appraisals take time outside the limit.
  handle: { step: 'handle', outcomes: ['handled'], suspendable: true },
  opinion: { step: 'opinion', outcomes: ['drafted'], apartFrom: ['legal-review', 'approve'] },
  'legal-review': { step: 'opinion', outcomes: ['agreed', 'sentBack'], apartFrom: ['opinion'] },
  approve: { step: 'opinion', outcomes: ['approved', 'sentBack'], apartFrom: ['opinion'] },
  disclose: { step: 'disclose', outcomes: ['proposed', 'withheld'], apartFrom: ['release'] },
  release: { step: 'disclose', outcomes: ['released', 'confirmedWithheld', 'sentBack'], apartFrom: ['disclose'] },
  // The public statement runs on its own clock beside the handling (5 h, 24 h, 48 h).
  statement: { step: null, outcomes: ['published', 'notNeeded'], apartFrom: ['statement-confirm'] },
  'statement-confirm': { step: null, outcomes: ['confirmed', 'sentBack'], apartFrom: ['statement'] },
  feedback: { step: 'feedback', outcomes: ['fedBack'] },
  prevention: { step: 'prevention', outcomes: ['planned'], apartFrom: ['prevention-check'] },
  'prevention-check': { step: 'prevention', outcomes: ['effective', 'insufficient'], apartFrom: ['prevention'] },
  close: { step: 'close', outcomes: ['closed'] },
} as const satisfies Process['stages'];

export type IncidentStage = keyof typeof incidentStages;

export const stepOf = (state: CaseState): string | null => stepAmong(incidentSteps, incidentStages, state);
