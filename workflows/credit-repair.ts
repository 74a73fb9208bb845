import { applicantAudience, type Audience, type Instant } from '../src/rules/casefile/types.ts';
import { taskOf } from '../src/rules/casefile/fold.ts';
import { defenceOf, falsePapersFacts, repairOpeningOf, unitsReleased, type RepairForms } from '../src/rules/repair/facts.ts';
import { Withdrawn, type CaseFile, type Done } from './case/file.ts';
import { runCase, type CaseStart } from './case/running.ts';

/** 信用修复: 信用修复管理办法 (Order 36), 国办发〔2025〕22号. */
export async function repair(start: CaseStart): Promise<void> {
  await runCase(start, repairCredit);
}

/** The procedure, from the application to the last unit that lifts its measure, and back where a paper was false. */
export async function repairCredit(file: CaseFile): Promise<void> {
  try {
    await handleApplication(file);
  } catch (end) {
    if (!(end instanceof Withdrawn)) throw end;
    await file.close('withdrawn', file.state.withdrawn?.reason ?? '', { final: true });
  }
}

async function handleApplication(file: CaseFile): Promise<void> {
  const { offices, record } = repairOpeningOf(file.state);
  const because = file.state.id;

  // 受理
  const accepted = await accept(file);
  if (!accepted) return;

  // 核查、决定
  const decision = await checkAndDecide(file, accepted);
  if (decision.outcome === 'refused') {
    await file.close('refused', decision.form.reason, { final: true });
    return;
  }

  // 终止公示; 解除: who applied a measure because of the record lifts it.
  const units = await file.changeRecords('repaired', [{ record: record.id, draft: { type: 'record.repaired', because } }]);
  await file.tasks(
    units.map((unit) => ({ stage: 'release', key: unit, audience: { unit, role: 'handler' } as const, rule: 'repair.release' })),
    async ({ key }) => {
      const unit = key ?? '';
      await file.changeRecords(`released:${unit}`, [{ record: record.id, draft: { type: 'record.released', unit, because } }]);
    },
  );

  // 跟踪: do third parties still show it?
  await file.close('granted', await followUp(file, offices.creditOffice));

  // 撤销: a paper turns out to be false.
  while (await file.reopened()) {
    if (await revoke(file, accepted.unit)) return;
  }
}

interface Acceptance {
  unit: string;
  /** The limit of the decision counts from here. */
  at: Instant;
}

/** 受理、补正、转交 (谁认定、谁修复); null when it was refused. */
async function accept(file: CaseFile): Promise<Acceptance | null> {
  let { unit } = repairOpeningOf(file.state);
  let before: { leftOf?: string; brief?: Record<string, unknown> } = {};
  for (;;) {
    const seen = await file.task<RepairForms['accept']>({ stage: 'accept', audience: { unit, role: 'handler' }, rule: 'repair.accept', ...before });
    switch (seen.outcome) {
      case 'accepted':
        return { unit, at: seen.at };
      case 'handedOver':
        before = { brief: { handedOverBy: unit, reason: seen.form.reason } };
        unit = seen.form.unit ?? unit;
        break;
      case 'supplement': {
        // The clock waits for the applicant, and goes on with the days that were left.
        const { missing, reason } = seen.form;
        const supplied = await file.taskInTime({ stage: 'supplement', audience: applicantOf(file), rule: 'repair.supplement', brief: { missing, reason } });
        before = { leftOf: seen.id, brief: { supplement: supplied?.id ?? null } };
        break;
      }
      default:
        await file.close('notAccepted', seen.form.reason, { final: true });
        return null;
    }
  }
}

/** The applicant himself; without an account, the window that entered his application asks him. */
function applicantOf(file: CaseFile): Audience {
  const { applicant, unit } = repairOpeningOf(file.state);
  if (applicant.account !== null) return applicantAudience;
  return { unit: file.state.openedBy?.unit ?? unit, role: 'handler' };
}

/** Two persons within one limit; sent back, it is checked again within what is left of it. */
async function checkAndDecide(file: CaseFile, { unit, at }: Acceptance): Promise<Done<RepairForms['decide']>> {
  let before: { from: Instant } | { sameAs: string; brief: Record<string, unknown> } = { from: at };
  for (;;) {
    const check: Done<RepairForms['check']> = await file.task({ stage: 'check', audience: { unit, role: 'handler' }, rule: 'repair.decide', ...before });
    const decision: Done<RepairForms['decide']> = await file.task({
      stage: 'decide',
      audience: { unit, role: 'head' },
      rule: 'repair.decide',
      sameAs: check.id,
      brief: { check: check.id },
    });
    if (decision.outcome !== 'sentBack') return decision;
    before = { sameAs: decision.id, brief: { remarks: [decision.form.reason] } };
  }
}

/** Looks until no place shows it any more; gives what was found at last. */
async function followUp(file: CaseFile, unit: string): Promise<string> {
  let before: { rule: string; brief?: Record<string, unknown> } = { rule: 'repair.follow-up' };
  for (;;) {
    const looked = await file.task<RepairForms['follow-up']>({ stage: 'follow-up', audience: { unit, role: 'handler' }, ...before });
    // In files of before nothing was listed, and one look was all.
    if (looked.outcome === 'gone' || looked.form.places === undefined) return looked.form.finding;
    before = { rule: 'repair.follow-up-again', brief: { places: looked.form.places } };
  }
}

/** True when the repair is revoked, and every unit that had lifted its measure has said what it does now. */
async function revoke(file: CaseFile, unit: string): Promise<boolean> {
  const { proposal, decision } = await proposeAndDecide(file, unit);
  if (decision?.outcome !== 'revoked') {
    await file.close('granted', decision?.form.reason ?? proposal.form.finding);
    return false;
  }
  const { record, subject } = repairOpeningOf(file.state);
  const because = file.state.id;
  const restored = [{ record: record.id, draft: { type: 'record.restored', because } }] as const;
  const made = proposal.form.record;
  if (!made) {
    // Proposed before the revocation itself made a record of what was false: that was entered by hand.
    await file.changeRecords('restored', restored);
    await file.close('revoked', decision.form.reason, { final: true, banRule: 'repair.ban-after-false' });
    return true;
  }
  // 恢复公示、记入新的失信信息、不再受理: in one transaction, whatever the units do afterwards.
  await file.changeRecords('restored', restored, {
    store: [falsePapersFacts(made, unit, subject)],
    before: [{ type: 'subject.banned', rule: 'repair.ban-after-false' }],
  });
  await file.tasks<RepairForms['reapply']>(
    unitsReleased(file.state).map((user) => ({ stage: 'reapply', key: user, audience: { unit: user, role: 'handler' } as const, rule: 'repair.reapply' })),
    async ({ key, outcome, form: { measure, legalBasis } }) => {
      const user = key ?? '';
      if (outcome === 'applied') await file.changeRecords(`reapplied:${user}`, [{ record: record.id, draft: { type: 'record.used', unit: user, measure, legalBasis } }]);
    },
  );
  await file.close('revoked', decision.form.reason, { final: true });
  return true;
}

/**
 * 陈述申辩: nobody is deprived of what he was granted without having been heard on facts and basis (行政处罚法 articles 44, 45
 * and 62 say so for penalties). Proposed again on the same, he is not asked twice. In files of before, those that have come to
 * the decision without it stay as they are.
 */
async function hear(file: CaseFile, proposal: Done<RepairForms['revoke']>): Promise<void> {
  if (typeof proposal.form.immediate === 'string') return;
  const { number } = taskOf(file.state, proposal.id);
  const after = Object.values(file.state.tasks).filter((task) => task.number > number);
  const isAsked = after.some(({ stage, brief }) => stage === 'defence' && brief['proposal'] === proposal.id);
  if (!isAsked && (defenceOf(file.state) !== null || after.some(({ stage }) => stage === 'revoke-decide') || !file.adopts('defence'))) return;
  await file.taskInTime({ stage: 'defence', audience: applicantOf(file), rule: 'repair.defence', brief: { proposal: proposal.id } });
}

/** Who proposes does not decide; sent back, it is proposed again. Without a decision where nothing is proposed. */
async function proposeAndDecide(file: CaseFile, unit: string): Promise<{ proposal: Done<RepairForms['revoke']>; decision: Done<RepairForms['revoke-decide']> | null }> {
  let brief: Record<string, unknown> = {};
  for (;;) {
    const proposal: Done<RepairForms['revoke']> = await file.task({ stage: 'revoke', audience: { unit, role: 'handler' }, rule: 'repair.revoke', brief });
    if (proposal.outcome === 'kept') return { proposal, decision: null };
    await hear(file, proposal);
    const decision: Done<RepairForms['revoke-decide']> = await file.task({
      stage: 'revoke-decide',
      audience: { unit, role: 'head' },
      rule: 'repair.revoke-decide',
      brief: { proposal: proposal.id },
    });
    if (decision.outcome !== 'sentBack') return { proposal, decision };
    brief = { remarks: [decision.form.reason] };
  }
}
