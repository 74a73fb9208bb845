import { dateOf, type Calendar } from '../rules/calendar/index.ts';
import type { FileRef } from '../rules/casefile/types.ts';
import type { RecordState } from '../rules/records/file.ts';
import { awaitsNotice, dayOfService, serviceDue, type Service } from '../rules/records/service.ts';
import type { Law } from '../platform/law.ts';

/** Days after the decision on which it is handed over. */
const handedOverAfter = 3;

/** How the decisions of the demo city are served, in turn; null: nobody has done it yet. */
const ways: readonly (Pick<Service, 'means' | 'receiver' | 'note'> | null)[] = [
  { means: 'direct', receiver: { as: 'representative', masked: '王**' }, note: '' },
  { means: 'direct', receiver: { as: 'clerk', masked: '李*' }, note: '' },
  { means: 'post', receiver: { as: 'clerk', masked: '陈**' }, note: '' },
  { means: 'electronic', receiver: null, note: '' },
  { means: 'direct', receiver: { as: 'agent', masked: '赵*' }, note: '' },
  { means: 'left', receiver: null, note: '受送达人的工作人员拒绝签收，由江山社区工作人员见证，留置于其办公场所并拍照。' },
  null,
  { means: 'publicNotice', receiver: null, note: '登记住所无法联系，邮寄退回，在本机关网站公告送达。' },
];

/** The service of the `n`th record, on which day of the calendar it was; null where the rule asks for none or it is still to come. */
export function demoService(state: RecordState, n: number, { law, calendar, decided, today, proof }: { law: Law; calendar: Calendar; decided: number; today: number; proof: FileRef }): Service | null {
  const way = ways[n % ways.length];
  const on = decided + handedOverAfter;
  if (!way || on >= today || !awaitsNotice(state) || serviceDue(state, law.rules, calendar) === null) return null;
  const issuedOn = dateOf(on);
  return { documents: ['decision', 'repairNotice'], ...way, issuedOn, servedOn: dayOfService(way.means, issuedOn, law.rules, calendar), proof: [proof] };
}
