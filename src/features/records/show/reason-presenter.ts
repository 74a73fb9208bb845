import type { Request } from 'express';
import type { Entry } from '../../../platform/http/fill-form.ts';
import { createMoments } from '../../../platform/http/moments.ts';
import type { Button, Facts, FormShell, Heading, Page, TextComparison } from '../../../platform/http/view-models.ts';
import { maskingOf } from '../../../platform/records/masking.ts';
import { listPath } from '../list/filter.ts';
import { reasonBeside } from '../masking.ts';
import { unitNames, type Reading } from '../parts.ts';
import type { FoundRecord, ProposalAct } from '../queries.ts';

export interface ReasonPage {
  page: Page;
  heading: Heading;
  comparison: TextComparison;
  /** What the public page will say; null where it says more than this. */
  shown: Facts | null;
  form: FormShell;
  entries: readonly Entry[];
  buttons: { primary: Button; others: Button[] };
}

interface ReasonParts {
  readonly act: ProposalAct;
  readonly reason: string;
  readonly record: FoundRecord;
  readonly reading: Reading;
  readonly names: readonly string[];
  readonly commandId: string;
  readonly entries: readonly Entry[];
}

const own: ReadonlySet<string> = new Set(['_csrf', 'commandId', 'do']);

/** Before a reason is proposed that everybody will read: as it was written, beside what the public reads. */
export function presentReason(req: Request, { act, reason, record, reading, names, commandId, entries }: ReasonParts): ReasonPage {
  const { t } = req;
  const { facts } = record.state;
  const title = t('records:reasonPreview.title');
  const address = `${listPath}/${record.id}`;
  const passages = record.state.passages ?? [];
  const mask = maskingOf(names, passages);
  return {
    page: { title, crumbs: [{ label: t('records:title'), href: listPath }, { label: facts.documentNo, href: address }, { label: title }] },
    heading: { title, number: facts.documentNo, lead: t('records:reasonPreview.lead') },
    comparison: reasonBeside(reason, { names, passages }, t),
    shown: act === 'withdraw' && record.state.publishedAt !== null
      ? {
          items: [
            { term: t('withdrawals:by'), value: unitNames(reading.units, req.locale)(facts.unit) },
            { term: t('withdrawals:on'), value: { kind: 'when', when: createMoments(t).day(reading.today) } },
            { term: t('withdrawals:why'), value: mask(reason), wide: true },
          ],
        }
      : null,
    form: { action: `${address}/${act}`, commandId, label: title, warnWhenDirty: false },
    entries: entries.filter(([name]) => !own.has(name)),
    buttons: {
      primary: { label: t('records:reasonPreview.send'), name: 'do', value: 'send' },
      others: [{ label: t('records:reasonPreview.edit'), name: 'do', value: 'edit' }],
    },
  };
}
