import type { Request } from 'express';
import { filled, labelledSummary, type Form } from '../../platform/http/forms.ts';
import { createFormat } from '../../platform/http/format.ts';
import { createMoments } from '../../platform/http/moments.ts';
import type { Badge, ButtonRow, Cell, DataTable, ErrorSummary, Facts, Field, FileList, FilterBar, FormShell, Heading, Link, Notice, Page, Pager, Tabs } from '../../platform/http/view-models.ts';
import { sameName } from '../../platform/records/subjects.ts';
import type { SubjectIdentity } from '../../platform/seal.ts';
import { bindingStates, type Binding, type BindingState } from './bindings.ts';
import { bindingsPath } from './parts.ts';

type Reading = Pick<Request, 't' | 'locale'>;

const tones: Readonly<Record<BindingState, Badge['tone']>> = { asked: 'soon', confirmed: 'done', refused: 'late', ended: 'plain' };

export interface Listed {
  readonly state: BindingState;
  readonly q: string;
  readonly rows: readonly Binding[];
  readonly pages: Pick<Pager, 'firstHref' | 'nextHref'>;
  /** How many wait, whatever is searched. */
  readonly asked: number;
}

export interface ListView {
  page: Page;
  heading: Heading;
  tabs: Tabs;
  filter: FilterBar;
  table: DataTable;
  pager: Pager | null;
}

export const listHref = (state: BindingState, q: string, more: Record<string, string> = {}): string =>
  `${bindingsPath}?${new URLSearchParams({ state, ...(q === '' ? {} : { q }), ...more }).toString()}`;

/** The office's list: one state at a time, found by a firm's name or code; nobody is found by his own name. */
export function presentBindings({ t }: Reading, { state, q, rows, pages, asked }: Listed): ListView {
  const moments = createMoments(t);
  const title = t('portal:staff.title');
  const whenOf = (one: Binding): Date => one.endedAt ?? one.decidedAt ?? one.askedAt;
  return {
    page: { title, width: 'full' },
    heading: { title, lead: t('portal:staff.lead') },
    tabs: { label: title, items: bindingStates.map((one) => ({ href: listHref(one, q), label: t(`portal:binding.${one}`), current: one === state, ...(one === 'asked' && asked > 0 ? { count: asked } : {}) })) },
    filter: {
      action: bindingsPath,
      search: { kind: 'text', name: 'q', label: t('portal:staff.search'), value: q, autocomplete: 'off' },
      fields: [],
      hidden: { state },
      ...(q === '' ? {} : { clearHref: listHref(state, ''), applied: [{ label: q, removeHref: listHref(state, '') }] }),
    },
    table: {
      caption: title,
      columns: [
        { key: 'name', label: t('portal:binding.whom'), line: 1 },
        { key: 'uscc', label: t('public:code'), line: 2, tight: true },
        { key: 'account', label: t('portal:staff.account') },
        { key: 'source', label: t('portal:staff.source') },
        { key: 'when', label: t(`portal:staff.when.${state}`), line: 3, named: true, tight: true },
      ],
      rows: rows.map((one): { cells: Record<string, Cell> } => ({
        cells: {
          name: { kind: 'link', href: `${bindingsPath}/${one.id}`, label: one.name },
          uscc: one.uscc ?? t('portal:staff.person'),
          account: { kind: 'masked', masked: { text: one.masked, reason: t('portal:staff.masked') } },
          source: t(`portal:staff.sources.${one.source}`),
          when: { kind: 'when', when: moments.tableTime(whenOf(one)) },
        },
      })),
      empty: q === '' ? { title: t(`portal:staff.none.${state}`) } : { title: t('portal:staff.nothing'), searched: [{ label: t('portal:staff.search'), value: q }], links: [{ href: listHref(state, ''), label: t('portal:staff.all') }] },
    },
    pager: Object.keys(pages).length === 0 ? null : { text: '', ...pages },
  };
}

export interface BindingView {
  page: Page;
  errors: ErrorSummary;
  heading: Heading;
  notices: Notice[];
  facts: Facts;
  proof: FileList;
  form: FormShell | null;
  fields: Field[];
  buttons: ButtonRow;
  links: Link[];
}

const crumbsOf = ({ t }: Reading, binding: Binding, ...more: { label: string }[]) => [
  { label: t('portal:staff.title'), href: bindingsPath }, { label: binding.name, ...(more.length === 0 ? {} : { href: `${bindingsPath}/${binding.id}` }) }, ...more,
];

/** A subject that the house has under the same code or number. */
export interface OnFile {
  readonly name: string;
  readonly former: readonly string[];
}

/** Each name on file beside the claimed one, and whether they are the same; both stand together, as it is names that are compared. */
function nameBeside({ t }: Reading, claimed: string, onFile: readonly OnFile[]): Facts['items'] {
  const same = onFile.some(({ name }) => sameName(name, claimed));
  const before = !same && onFile.some(({ former }) => former.some((name) => sameName(name, claimed)));
  const verdict = onFile.length === 0 ? 'unknown' : same ? 'same' : before ? 'former' : 'different';
  return [
    { term: t('portal:staff.claimed'), value: claimed },
    { term: t('portal:staff.onFile'), value: onFile.length === 0 ? { kind: 'none' } : { kind: 'lines', lines: onFile.map(({ name, former }) => (former.length === 0 ? name : t('portal:staff.onceCalled', { name, former: former.join(t('common:list')) }))) } },
    { term: t('portal:staff.compared'), value: { kind: 'badge', badge: { label: t(`portal:staff.names.${verdict}`), tone: verdict === 'same' ? 'done' : verdict === 'different' ? 'late' : 'soon' } } },
  ];
}

/** Who asks to be whom; `claimant` is shown while somebody has to compare it with the papers, and never after. */
export function presentBinding(req: Reading, binding: Binding, { form, claimant, others, onFile }: { form: Form; claimant: SubjectIdentity | undefined; others: number; onFile: readonly OnFile[] | null }): BindingView {
  const { t } = req;
  const moments = createMoments(t);
  const format = createFormat(req.locale);
  const path = `${bindingsPath}/${binding.id}`;
  const asked = binding.state === 'asked';
  const fact = (term: string, value: Cell, wide = false) => ({ term: t(`portal:staff.${term}`), value, ...(wide ? { wide } : {}) });
  const fields: Field[] = asked ? [
    {
      kind: 'radios', label: t('portal:staff.outcome'), required: true, ...filled(form, 'outcome'),
      options: [{ value: 'confirmed', label: t('portal:binding.confirmed'), hint: t(`portal:staff.confirmHint.${binding.kind}`) }, { value: 'refused', label: t('portal:binding.refused'), hint: t('portal:staff.refuseHint') }],
    },
    { kind: 'textarea', label: t('portal:staff.reason'), hint: t('portal:staff.reasonHint'), rows: 3, limit: 500, unmarked: true, ...filled(form, 'reason') },
  ] : [];
  return {
    page: { title: binding.name, crumbs: crumbsOf(req, binding) },
    errors: labelledSummary(form, fields, t),
    heading: { title: binding.name, ...(binding.uscc === null ? {} : { number: binding.uscc }), badges: [{ label: t(`portal:binding.${binding.state}`), tone: tones[binding.state] }] },
    notices: others === 0 ? [] : [binding.uscc === null
      ? { tone: 'soon', text: t('portal:staff.othersPerson', { count: others }) }
      : { tone: 'info', text: t('portal:staff.others', { count: others }), link: { href: listHref('confirmed', binding.uscc), label: t('portal:staff.seeOthers') } }],
    facts: {
      items: [
        fact('account', { kind: 'masked', masked: { text: binding.masked, reason: t('portal:staff.masked') } }),
        fact('role', binding.kind === 'person' ? t('portal:staff.oneself') : t(binding.agent ? 'portal:staff.agent' : 'portal:staff.representative')),
        ...(onFile === null ? [] : nameBeside(req, claimant?.name ?? binding.name, onFile)),
        ...(claimant ? [fact('idNumber', claimant.idNumber)] : []),
        fact('source', t(`portal:staff.sources.${binding.source}`)),
        fact('asked', { kind: 'when', when: moments.dayTime(binding.askedAt) }),
        ...(binding.decidedAt === null ? [] : [fact('decidedOn', { kind: 'when', when: moments.dayTime(binding.decidedAt) })]),
        ...(binding.decidedBy === null ? [] : [fact('decidedBy', binding.decidedBy)]),
        ...(binding.reason === null ? [] : [fact('reason', binding.reason, true)]),
        ...(binding.endedAt === null ? [] : [fact('endedOn', { kind: 'when', when: moments.dayTime(binding.endedAt) }), fact('endedHow', t(`portal:ending.${binding.endedHow ?? 'office'}`))]),
        ...(binding.endReason === null ? [] : [fact('endReason', binding.endReason, true)]),
      ],
    },
    proof: {
      label: t(`portal:bind.${binding.kind}.proof`), none: t('portal:case.noFiles'),
      files: binding.proof.map((file) => ({ name: file.name, href: `${path}/files/${file.hash}`, description: format.bytes(file.bytes) })),
    },
    form: asked ? { action: path } : null,
    fields,
    buttons: { primary: { label: t('portal:staff.decide') } },
    links: [
      ...(asked ? [{ href: `${path}/recusal`, label: t('portal:recusal.title') }] : []),
      ...(binding.state === 'confirmed' ? [{ href: `${path}/end`, label: t('portal:revoke.title') }] : []),
    ],
  };
}

export interface StaffFormView {
  page: Page;
  errors: ErrorSummary;
  heading: Heading;
  form: FormShell;
  fields: Field[];
  buttons: ButtonRow;
}

/** Ending a binding, or recusing oneself from it: a reason and a button, on a page of its own. */
export function presentReason(req: Reading, binding: Binding, words: 'revoke' | 'recusal', form: Form): StaffFormView {
  const { t } = req;
  const path = `${bindingsPath}/${binding.id}`;
  const title = t(`portal:${words}.title`);
  const fields: Field[] = [{ kind: 'textarea', label: t(`portal:${words}.reason`), hint: t(`portal:${words}.reasonHint`), rows: 3, limit: 500, required: true, ...filled(form, 'reason') }];
  return {
    page: { title, crumbs: crumbsOf(req, binding, { label: title }) },
    errors: labelledSummary(form, fields, t),
    heading: { title, lead: t(`portal:${words}.lead`, { name: binding.name }) },
    form: { action: `${path}/${words === 'revoke' ? 'end' : 'recusal'}` },
    fields,
    buttons: { primary: { label: t(`portal:${words}.send`), ...(words === 'revoke' ? { danger: true } : {}) }, cancel: { href: path, label: t('ui:form.cancel') } },
  };
}
