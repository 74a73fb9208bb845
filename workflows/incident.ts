import type { Audience } from '../src/rules/casefile/types.ts';
import { openingOf, type IncidentForms, type Level, type Part } from '../src/rules/incident/facts.ts';
import type { CaseFile, Done } from './case/file.ts';
import { runCase, type CaseStart } from './case/running.ts';

/** 重大失信事件处置与反馈: 宿政办发〔2018〕43号, task 1. */
export async function incident(start: CaseStart): Promise<void> {
  await runCase(start, handleIncident);
}

/** The procedure, from the report on the credit office's desk to the closing of the case. */
export async function handleIncident(file: CaseFile): Promise<void> {
  const { offices } = openingOf(file.state);
  const creditOffice: Audience = { unit: offices.creditOffice, role: 'handler' };

  // 核实
  let found = await file.task<IncidentForms['verify']>({ stage: 'verify', audience: creditOffice, rule: 'incident.verify' });
  while (found.outcome !== 'founded') {
    await file.close(found.outcome, found.form.finding);
    if (!(await file.reopened())) return;
    found = await file.task({ stage: 'verify', audience: creditOffice, rule: 'incident.verify' });
  }

  // 定级. The level sets the clock of the public statement, which runs beside everything that follows.
  const grade = await file.task<IncidentForms['grade']>({ stage: 'grade', audience: creditOffice, rule: 'incident.grade' });
  const statement = file.beside(statePublicly(file, grade.form.level, creditOffice));

  do {
    // 交办、签收
    const order = await assignUntilAcknowledged(file, creditOffice);
    const accountable: Audience = { unit: order.accountable, role: 'handler' };

    // 处置: the first report of the accountable unit, and the parts of all.
    await file.tasks([
      { stage: 'first-report', audience: accountable, rule: 'incident.first-report' },
      ...order.parts.map((part, n) => ({
        stage: 'handle',
        key: `${part.unit}.${n + 1}`,
        audience: { unit: part.unit, role: 'handler' } as const,
        rule: 'incident.handle',
        brief: { ...part },
        ...(part.date ? { date: part.date } : {}),
      })),
    ]);

    // 处理意见
    const opinion = await agreeOnOpinion(file, accountable, { unit: offices.legal, role: 'legalReviewer' });

    // 公开
    await disclose(file, creditOffice, accountable, opinion);

    // 反馈
    await statement;
    await file.task({ stage: 'feedback', audience: creditOffice, rule: 'incident.feedback' });

    // 防范措施
    await prevent(file, accountable, { unit: offices.creditOffice, role: 'supervisor' });

    // 办结
    const closing = await file.task<IncidentForms['close']>({ stage: 'close', audience: creditOffice, rule: 'incident.close' });
    await file.close('handled', closing.form.summary);
  } while (await file.reopened());
}

/**
 * Authoritative information within clock hours: 5, 24 or 48 by level; a general incident needs none. That none is needed is
 * for a second person to confirm, within the same hours.
 */
async function statePublicly(file: CaseFile, level: Level, creditOffice: Audience): Promise<void> {
  if (level === 'general') return;
  const { publicity } = openingOf(file.state).offices;
  const rule = `incident.public-reply.${level}`;
  let before: { sameAs?: string; brief?: Record<string, unknown> } = {};
  for (;;) {
    const stated = await file.task({ stage: 'statement', audience: { unit: publicity, role: 'handler' }, rule, ...before });
    if (stated.outcome === 'published' || !isConfirmed(file)) return;
    const decision = await file.task<IncidentForms['statement-confirm']>({
      stage: 'statement-confirm',
      audience: { unit: creditOffice.unit, role: 'creditOfficeHead' },
      rule,
      sameAs: stated.id,
      brief: { statement: stated.id },
    });
    if (decision.outcome === 'confirmed') return;
    before = { sameAs: decision.id, brief: { remarks: [decision.form.comment] } };
  }
}

/** In files of before, one person's word was enough: those that have come to their feedback without it stay as they are. */
const isConfirmed = (file: CaseFile): boolean =>
  file.state.tasks['statement-confirm#1'] !== undefined || (file.state.tasks['feedback#1'] === undefined && file.adopts('statement-confirm'));

/** One unit answers for the handling, others take their parts; a part that is sent back is assigned anew. */
async function assignUntilAcknowledged(file: CaseFile, creditOffice: Audience): Promise<IncidentForms['assign']> {
  let sentBack: { unit: string; reason: string }[] = [];
  for (;;) {
    const order = await file.task<IncidentForms['assign']>({
      stage: 'assign',
      audience: creditOffice,
      rule: 'incident.assign',
      brief: { sentBack },
    });
    const answers = await file.tasks<IncidentForms['acknowledge']>(
      unitsOf(order.form).map((unit) => ({
        stage: 'acknowledge',
        key: unit,
        audience: { unit, role: 'handler' },
        rule: 'incident.acknowledge',
        brief: { instruction: order.form.instruction, parts: order.form.parts.filter((p) => p.unit === unit) },
      })),
    );
    sentBack = answers
      .filter((answer) => answer.outcome === 'returned')
      .map((answer) => ({ unit: answer.by.unit, reason: answer.form.reason }));
    if (sentBack.length === 0) return order.form;
  }
}

function unitsOf(order: { accountable: string; parts: readonly Part[] }): string[] {
  return [...new Set([order.accountable, ...order.parts.map((part) => part.unit)])];
}

/** 拟办、法制审核、审批: by three hands; sent back, it is drafted again. */
async function agreeOnOpinion(file: CaseFile, accountable: Audience, legal: Audience): Promise<Done<IncidentForms['opinion']>> {
  let remarks: string[] = [];
  for (;;) {
    const opinion = await file.task<IncidentForms['opinion']>({
      stage: 'opinion',
      audience: accountable,
      rule: 'incident.opinion',
      brief: { remarks },
    });
    const review = await file.task<IncidentForms['legal-review']>({
      stage: 'legal-review',
      audience: legal,
      rule: 'incident.legal-review',
    });
    remarks = [review.form.comment];
    if (review.outcome === 'sentBack') continue;
    const approval = await file.task<IncidentForms['approve']>({
      stage: 'approve',
      audience: { unit: accountable.unit, role: 'head' },
      rule: 'incident.approve',
    });
    if (approval.outcome === 'approved') return opinion;
    remarks = [approval.form.comment];
  }
}

/** 拟公开、审核公开: nothing is shown, and nothing withheld, on one person's word. */
async function disclose(file: CaseFile, creditOffice: Audience, accountable: Audience, opinion: Done): Promise<void> {
  let remarks: string[] = [];
  for (;;) {
    const proposal = await file.task<IncidentForms['disclose']>({
      stage: 'disclose',
      audience: creditOffice,
      rule: 'incident.disclose',
      brief: { opinion: opinion.id, remarks },
    });
    const decision = await file.task<IncidentForms['release']>({
      stage: 'release',
      audience: { unit: creditOffice.unit, role: 'creditOfficeHead' },
      rule: 'incident.release',
      brief: { proposal: proposal.id, withheld: proposal.outcome === 'withheld' },
    });
    if (decision.outcome === 'sentBack') {
      remarks = [decision.form.comment];
      continue;
    }
    if (proposal.outcome === 'proposed' && decision.outcome === 'released') {
      await file.publish(decision.id, { ...proposal.form, unit: accountable.unit });
    }
    return;
  }
}

/** What keeps it from happening again, looked at on the day it was promised for. */
async function prevent(file: CaseFile, accountable: Audience, supervisor: Audience): Promise<void> {
  for (;;) {
    const plan = await file.task<IncidentForms['prevention']>({ stage: 'prevention', audience: accountable, rule: 'incident.prevention' });
    const check = await file.task<IncidentForms['prevention-check']>({
      stage: 'prevention-check',
      audience: supervisor,
      rule: 'incident.prevention-check',
      date: plan.form.date,
      brief: { plan: plan.id },
    });
    if (check.outcome === 'effective') return;
  }
}
