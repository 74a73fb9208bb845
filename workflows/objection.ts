import { objectionOpeningOf, type ObjectionForms } from '../src/rules/objection/facts.ts';
import type { RecordChange } from '../src/rules/records/changes.ts';
import { Withdrawn, type CaseFile, type Done } from './case/file.ts';
import { runCase, type CaseStart } from './case/running.ts';

/** 异议处理: social credit regulations of the provinces; an objection is marked, it does not hide the record. */
export async function objection(start: CaseStart): Promise<void> {
  await runCase(start, handleObjection);
}

/** The procedure, from the mark on the record to the last unit that works with the corrected one. */
export async function handleObjection(file: CaseFile): Promise<void> {
  try {
    do await decideObjection(file);
    while (await file.reopened());
  } catch (end) {
    if (!(end instanceof Withdrawn)) throw end;
    await file.changeRecords('unmarked', [unmarked(file, 'withdrawn')]);
    await file.close('withdrawn', file.state.withdrawn?.reason ?? '', { final: true });
  }
}

/** For how long everybody is told of a record that was wrong, where it had been public. */
const noticeRule = 'objection.correction-notice';

async function decideObjection(file: CaseFile): Promise<void> {
  const { offices, record, unit } = objectionOpeningOf(file.state);
  const because = file.state.id;

  // 标注: at once, so that whoever sees the record knows that it is disputed.
  await file.changeRecords('marked', [{ record: record.id, draft: { type: 'record.marked', mark: 'objection', because } }]);

  // 甄别: what the office can see for itself it checks itself; else the unit that made the record does.
  const screen = await screenObjection(file, offices.creditOffice);
  if (screen.outcome === 'refused') {
    await file.changeRecords('unmarked', [unmarked(file, 'refused')]);
    await file.close('notAccepted', screen.form.reason);
    return;
  }

  // 核查、审定
  const found = await verifyAndDecide(file, screen.outcome === 'own' ? offices.creditOffice : unit);
  switch (found.outcome) {
    case 'rejected':
      await file.changeRecords('unmarked', [unmarked(file, 'rejected')]);
      await file.close('rejected', found.form.finding);
      return;
    case 'upheldCorrect': {
      // 更正
      const correction = await file.task<ObjectionForms['correct']>({
        stage: 'correct',
        audience: { unit, role: 'handler' },
        rule: 'objection.correct',
        brief: { finding: found.form.finding },
      });
      const { done: text, reason } = correction.form;
      const notice = { type: 'correction.published', record: record.id, what: 'corrected', text, rule: noticeRule } as const;
      const users = await file.changeRecords('unmarked', [unmarked(file, 'corrected')], { before: reason === undefined ? [] : [{ ...notice, reason }] });
      await acknowledged(file, users, correction.form.done);
      await file.close('upheldCorrect', found.form.finding);
      return;
    }
    default: {
      // 撤下
      const reason = found.form.finding;
      const users = await file.changeRecords('removed', [unmarked(file, 'removed'), { record: record.id, draft: { type: 'record.withdrawn', because, reason } }], {
        before: [{ type: 'correction.published', record: record.id, what: 'removed', text: '', reason, rule: noticeRule }],
      });
      await acknowledged(file, users, reason, async (user) => {
        await file.changeRecords(`released:${user}`, [{ record: record.id, draft: { type: 'record.released', unit: user, because } }]);
      });
      await file.close('upheldRemove', reason, { final: true });
    }
  }
}

function unmarked(file: CaseFile, result: string): RecordChange {
  const { record } = objectionOpeningOf(file.state);
  return { record: record.id, draft: { type: 'record.unmarked', mark: 'objection', because: file.state.id, result } };
}

/** Who screens may propose not to look into it; that is for another one to decide, and sent back it is screened again. */
async function screenObjection(file: CaseFile, office: string): Promise<Done<ObjectionForms['screen']>> {
  let before: { brief?: Record<string, unknown> } = {};
  for (;;) {
    const screen = await file.task<ObjectionForms['screen']>({ stage: 'screen', audience: { unit: office, role: 'handler' }, rule: 'objection.screen', ...before });
    if (screen.outcome !== 'refused') return screen;
    const decision = await file.task<ObjectionForms['screen-decide']>({
      stage: 'screen-decide', audience: { unit: office, role: 'creditOfficeHead' }, rule: 'objection.screen-decide', brief: { screen: screen.id },
    });
    if (decision.outcome === 'refused') return screen;
    before = { brief: { remarks: [decision.form.reason] } };
  }
}

/** Who checked does not decide; sent back, it is checked again. */
async function verifyAndDecide(file: CaseFile, unit: string): Promise<Done<ObjectionForms['verify']>> {
  let remarks: string[] = [];
  for (;;) {
    const found = await file.task<ObjectionForms['verify']>({ stage: 'verify', audience: { unit, role: 'handler' }, rule: 'objection.verify', brief: { remarks } });
    const decision = await file.task<ObjectionForms['decide']>({
      stage: 'decide',
      audience: { unit, role: 'head' },
      rule: 'objection.decide',
      brief: { verify: found.id },
    });
    if (decision.outcome === 'agreed') return found;
    remarks = [decision.form.reason];
  }
}

/** 反馈: every unit that used the record says that it works with what is right now. */
async function acknowledged(file: CaseFile, users: readonly string[], what: string, each?: (unit: string) => Promise<void>): Promise<void> {
  await file.tasks(
    users.map((unit) => ({
      stage: 'acknowledge-correction',
      key: unit,
      audience: { unit, role: 'handler' } as const,
      rule: 'objection.acknowledge-correction',
      brief: { what },
    })),
    each && (async (done) => each(done.key ?? '')),
  );
}
