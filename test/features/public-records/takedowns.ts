import { randomUUID } from 'node:crypto';
import { takeOff } from '../../../src/platform/takedowns.ts';
import type { PublicText } from '../../../src/rules/takedown/facts.ts';
import type { Bureau } from '../incidents/bureau.ts';

/** Somebody of the credit office takes a text off, as the form does. */
export async function createTakedown({ knex }: Bureau, text: PublicText): Promise<void> {
  const person: { id: string; name: string } = await knex('person').where({ username: 'xyb.handler' }).first('id', 'name');
  await knex.transaction((trx) => takeOff(trx, {
    caseId: randomUUID(), text, label: '测试', href: null, unit: 'scjg', reason: '泄露个人住址', decides: 'creditOfficeHead', by: { person: person.id, name: person.name, unit: 'xyb' }, at: new Date('2026-08-19T02:00:00Z'),
  }));
}
