import { codeCorrectionOpeningOf, type CodeCorrectionForms } from '../src/rules/code-correction/facts.ts';
import type { CaseFile, Done } from './case/file.ts';
import { runCase, type CaseStart } from './case/running.ts';

/** 重码更正: a code is issued for correction to its registry, as 重错码率 and 纠正率 of the city count it. */
export async function codeCorrection(start: CaseStart): Promise<void> {
  await runCase(start, correctCode);
}

/** The credit office hands the code to the unit that registers such firms, until one of them has corrected it. */
export async function correctCode(file: CaseFile): Promise<void> {
  const { offices } = codeCorrectionOpeningOf(file.state);
  let returned: string | null = null;
  for (;;) {
    const given: Done<CodeCorrectionForms['assign']> = await file.task({
      stage: 'assign',
      audience: { unit: offices.creditOffice, role: 'handler' },
      rule: 'codeCorrection.assign',
      brief: { returned },
    });
    if (given.outcome === 'settled') {
      await file.close('settled', given.form.note, { final: true });
      return;
    }
    const answer: Done<CodeCorrectionForms['correct']> = await file.task({
      stage: 'correct',
      audience: { unit: given.form.unit ?? offices.creditOffice, role: 'handler' },
      rule: 'codeCorrection.correct',
      brief: { assigned: given.id },
    });
    if (answer.outcome !== 'returned') {
      await file.close(answer.outcome, answer.form.finding, { final: true });
      return;
    }
    returned = answer.id;
  }
}
