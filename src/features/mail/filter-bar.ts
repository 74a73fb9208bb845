import { filled, valueOf, type Form } from '../../platform/http/forms.ts';
import { withQuery } from '../../platform/http/paths.ts';
import type { FilterBar } from '../../platform/http/view-models.ts';
import type { Translate } from '../../platform/i18n.ts';
import { mailStatuses } from '../../platform/mail/types.ts';

export const LOG = '/admin/mail';

const filterNames = ['status', 'caseNo', 'recipient', 'from', 'to'] as const;

/** The address of the log as it is narrowed down now, from its newest mail on. */
export function addressOf(form: Form): string {
  return withQuery(LOG, Object.fromEntries(filterNames.map((name) => [name, valueOf(form, name) || null])));
}

export type Applied = NonNullable<FilterBar['applied']>;

/** What narrows the log down, each with the address without it. */
export function appliedFilters(form: Form, t: Translate): Applied {
  const here = addressOf(form);
  const words: Record<(typeof filterNames)[number], string> = {
    status: 'onlyStatus', caseNo: 'onlyCase', recipient: 'onlyRecipient', from: 'onlyFrom', to: 'onlyTo',
  };
  return filterNames.flatMap((name) => {
    const value = valueOf(form, name);
    if (value === '' || form.errors[name] !== undefined) return [];
    const shown = name === 'status' ? t(`mail:status.${value}`) : value;
    return [{ label: t(`mail:log.${words[name]}`, { value: shown }), removeHref: withQuery(here, { [name]: null }) }];
  });
}

export function filterBar(form: Form, applied: Applied, t: Translate): FilterBar {
  return {
    action: LOG,
    search: { kind: 'text', label: t('mail:log.search'), hint: t('mail:log.searchHint'), ...filled(form, 'recipient') },
    fields: [
      {
        kind: 'select',
        label: t('mail:log.status'),
        blank: t('mail:log.anyStatus'),
        options: mailStatuses.map((value) => ({ value, label: t(`mail:status.${value}`) })),
        ...filled(form, 'status'),
      },
      { kind: 'text', label: t('mail:log.caseNo'), hint: t('mail:log.caseNoHint'), size: 'medium', ...filled(form, 'caseNo') },
    ],
    more: [
      { kind: 'date', label: t('mail:log.from'), ...filled(form, 'from') },
      { kind: 'date', label: t('mail:log.to'), ...filled(form, 'to') },
    ],
    moreOpen: valueOf(form, 'from') !== '' || valueOf(form, 'to') !== '',
    applied,
    ...(applied.length > 0 ? { clearHref: LOG } : {}),
  };
}
