import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import { leftTasks, orderGivingBack, type HeldTask, type Leaving } from '../../platform/casefile/giving-back.ts';
import type { Ground } from '../../platform/http/feature.ts';
import { createMoments } from '../../platform/http/moments.ts';
import type { Translate } from '../../platform/i18n.ts';
import { lookUp } from '../../platform/mail/recipients.ts';
import { createStaffLetters } from '../../platform/mail/staff-letters.ts';
import { processWords } from '../../platform/process-words.ts';
import { unitName } from '../../platform/units.ts';
import { maskText } from '../../rules/masking/index.ts';
import type { Person } from '../../rules/people.ts';

interface Leaver {
  readonly id: string;
  readonly name: string;
  readonly nameEn: string;
}

/** Gives the tasks of a person back within the transaction that ends his account or role; the answer says how many, with the ids of the mails to the heads. */
export type GiveBack = (trx: Knex.Transaction, of: { leaver: Leaver; leaving: Leaving; by: Person; requestId: string }) => Promise<{ given: number; mails: string[] }>;

/** A task on one line of a letter. */
function lineOf({ kind, caseNo, title, stage, deadlineAt }: HeldTask, t: Translate): string {
  const task = { caseNo, title: maskText(title).masked, stage: t(processWords.stage(kind, stage)) };
  return deadlineAt === null
    ? t('accounts:leaving.mail.task', task)
    : t('accounts:leaving.mail.taskDue', { ...task, when: createMoments(t).dayTime(deadlineAt).text });
}

/** The units of these tasks, each once, with how many there are. */
export function countByUnit(tasks: readonly HeldTask[]): [unit: string, count: number][] {
  const counts = new Map<string, number>();
  for (const { unit } of tasks) counts.set(unit, (counts.get(unit) ?? 0) + 1);
  return [...counts];
}

/** The head of each unit reads which tasks wait for another hand; of a case from which he is recused he reads nothing. */
export function createGiveBack({ config, i18n, units }: Pick<Ground, 'config' | 'i18n' | 'units'>): GiveBack {
  const queue = createStaffLetters({ config, i18n });
  return async (trx, { leaver, leaving, by, requestId }) => {
    await orderGivingBack(trx, leaving, { id: by.id, name: by.name, unit: by.roles[0]?.unit ?? '', roles: by.roles }, requestId);
    const tasks = await leftTasks(trx, leaving);
    const mails: string[] = [];
    for (const [unit] of countByUnit(tasks)) {
      const to = { unit, role: 'head' } as const;
      const recipients = (await lookUp(trx, [to], [unit])).recipients(to, [leaver.id]);
      const recused: { person: string; case_id: string }[] = await trx('case_recusal')
        .whereIn('person', recipients.flatMap(({ personId }) => personId ?? [])).whereIn('case_id', tasks.map(({ caseId }) => caseId)).select('person', 'case_id');
      const office = (await units.all()).find(({ id }) => id === unit);
      for (const recipient of recipients) {
        const own = tasks.filter((task) => task.unit === unit && !recused.some((one) => one.person === recipient.personId && one.case_id === task.caseId));
        if (own.length === 0) continue;
        mails.push(...await queue(trx, [recipient], {
          key: `leaving:${randomUUID()}`, template: 'tasksGivenBack', requestId,
          write(t) {
            const english = recipient.reader.locale === 'en';
            const params = { name: english ? leaver.nameEn : leaver.name, unit: office ? unitName(office, recipient.reader.locale) : unit, count: own.length };
            return {
              subject: t('accounts:leaving.mail.subject', params),
              paragraphs: [t(`accounts:leaving.mail.${leaving.because}`, params), ...own.map((task) => lineOf(task, t)), t('accounts:leaving.mail.next')],
              link: { label: t('accounts:leaving.mail.link'), path: '/' },
            };
          },
        }));
      }
    }
    return { given: tasks.length, mails };
  };
}
