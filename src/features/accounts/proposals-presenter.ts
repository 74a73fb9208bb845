import type { Request } from 'express';
import { filled, labelledSummary, type Form } from '../../platform/http/forms.ts';
import { createMoments } from '../../platform/http/moments.ts';
import type { Badge, DataTable, Facts, Field, Heading, Notice } from '../../platform/http/view-models.ts';
import { unitName, type Unit } from '../../platform/units.ts';
import { actDecisionFault, mayProposeAct } from '../../rules/administrators.ts';
import { unitKinds } from '../../rules/people.ts';
import type { Account } from './people-queries.ts';
import { fetchDays, type ProposedChange, type Proposal, type Standing } from './proposals.ts';
import { me, nameOf } from './settings-routes.ts';
import { changesInWords } from './standing-words.ts';

export const HOME = '/admin/proposals';

interface About extends Pick<ProposedChange, 'act' | 'unitId' | 'role' | 'kind'> {
  readonly person: { readonly name: string; readonly nameEn: string } | null;
}

/** "给张三授予审计管理员" and the like. */
export function proposalTitle(reader: Pick<Request, 't' | 'locale'>, units: readonly Unit[], { act, person, unitId, role }: About): string {
  const { t, locale } = reader;
  const unit = units.find(({ id }) => id === unitId);
  return t(`accounts:proposal.act.${act}`, {
    name: person ? nameOf(person, locale) : '', unit: unit ? unitName(unit, locale, 'short') : '', role: role === null ? '' : t(`common:role.${role}`),
  });
}

const tones = { waiting: 'soon', granted: 'done', refused: 'late', withdrawn: 'plain', overtaken: 'plain' } as const;
const badgeOf = (req: Request, { status }: Proposal): Badge => ({ label: req.t(`accounts:proposal.status.${status}`), tone: tones[status] });
const crumbsTo = (req: Request, here: string) => [{ label: req.t('accounts:proposal.title'), href: HOME }, { label: here }];

export function presentProposals(req: Request, proposals: readonly Proposal[], units: readonly Unit[]): Record<string, unknown> {
  const { t } = req;
  const moments = createMoments(t);
  return {
    page: { title: t('accounts:proposal.title'), width: 'full' },
    heading: { title: t('accounts:proposal.title'), lead: t('accounts:proposal.lead') } satisfies Heading,
    table: {
      caption: t('accounts:proposal.title'),
      columns: [
        { key: 'what', label: t('accounts:proposal.what'), line: 1 },
        { key: 'status', label: t('accounts:proposal.statusLabel'), line: 1, tight: true },
        { key: 'by', label: t('accounts:proposal.by'), line: 2, named: true },
        { key: 'at', label: t('accounts:proposal.at'), line: 3, tight: true },
        { key: 'decider', label: t('accounts:proposal.decider'), line: 3, named: true },
      ],
      rows: proposals.map((proposal) => ({
        cells: {
          what: { kind: 'link', href: `${HOME}/${proposal.id}`, label: proposalTitle(req, units, proposal) },
          status: { kind: 'badge', badge: badgeOf(req, proposal) },
          by: nameOf(proposal.proposer, req.locale),
          at: { kind: 'when', when: moments.tableTime(proposal.proposedAt) },
          decider: proposal.decider ? nameOf(proposal.decider, req.locale) : { kind: 'none' },
        },
      })),
      empty: { title: t('accounts:proposal.none') },
    } satisfies DataTable,
  };
}

function changesTable(req: Request, units: readonly Unit[], before: Standing, after: Standing): DataTable {
  const { t } = req;
  return {
    caption: t('accounts:proposal.change'),
    columns: [
      { key: 'what', label: t('accounts:proposal.changed'), line: 1 },
      { key: 'before', label: t('accounts:proposal.before'), line: 2, named: true },
      { key: 'after', label: t('accounts:proposal.after'), line: 3, named: true },
    ],
    rows: changesInWords(req, units, before, after).map((change) => ({ cells: { what: t(`accounts:log.field.${change.name}`), before: change.before, after: change.after } })),
    empty: { title: t('accounts:proposal.noChange') },
  };
}

const reasonField = (req: Request, form: Form): Field => ({ kind: 'textarea', label: req.t('accounts:proposal.reason'), hint: req.t('accounts:proposal.reasonHint'), required: true, rows: 3, limit: 500, ...filled(form, 'reason') });

interface NewProposal {
  readonly change: ProposedChange;
  readonly account: Account | null;
  readonly units: readonly Unit[];
  readonly standings: { readonly before: Standing; readonly after: Standing };
  /** Who could decide it; nobody where there is only one kind of administrator. */
  readonly deciders: readonly string[];
  readonly form: Form;
}

/** The page on which somebody proposes: what it will do, and why. */
export function presentNewProposal(req: Request, { change, account, units, standings, deciders, form }: NewProposal): Record<string, unknown> {
  const { t } = req;
  const { act, personId, unitId, role } = change;
  const title = proposalTitle(req, units, { ...change, person: account });
  const fields: Field[] = [
    ...(act === 'unitKind' ? [{ kind: 'select', label: t('accounts:proposal.newKind'), required: true, options: unitKinds.map((kind) => ({ value: kind, label: t(`common:unitKind.${kind}`) })), ...filled(form, 'kind') } satisfies Field] : []),
    reasonField(req, form),
  ];
  const back = personId === null ? `/admin/units/${unitId}` : `/admin/people/${personId}`;
  const nobody: Notice[] = deciders.length > 0 ? [] : [{ tone: 'late', title: t('accounts:proposal.nobody.title'), text: t('accounts:proposal.nobody.text', { command: 'npx xinzhi account create' }) }];
  return {
    page: { title, crumbs: crumbsTo(req, title) },
    heading: { title, lead: t('accounts:proposal.newLead') } satisfies Heading,
    notices: nobody,
    errors: labelledSummary(form, fields, t),
    changes: act === 'unitKind' ? null : changesTable(req, units, standings.before, standings.after),
    form: { action: `${HOME}/new`, hidden: { act, ...(personId === null ? {} : { person: personId }), ...(unitId === null ? {} : { unit: unitId }), ...(role === null ? {} : { role }) } },
    fields,
    consequences: {
      title: t('accounts:proposal.propose'),
      consequences: [t('accounts:proposal.then'), t('accounts:proposal.thenTold')],
      mailTo: [...deciders],
      undo: { possible: true, text: t('accounts:proposal.undo') },
    },
    buttons: { primary: { label: t('accounts:proposal.propose') }, cancel: { href: back, label: t('accounts:cancel') } },
  };
}

function factsOf(req: Request, proposal: Proposal): Facts {
  const { t, locale } = req;
  const moments = createMoments(t);
  const { proposer, proposerRole, reason, proposedAt, decider, decidedAt, note, person } = proposal;
  return {
    items: [
      ...(person ? [{ term: t('accounts:proposal.person'), value: { kind: 'link' as const, href: `/admin/people/${person.id}`, label: t('accounts:log.named', { name: nameOf(person, locale), username: person.username }) } }] : []),
      { term: t('accounts:proposal.by'), value: t('accounts:proposal.byWhom', { name: nameOf(proposer, locale), role: t(`common:role.${proposerRole}`) }) },
      { term: t('accounts:proposal.at'), value: { kind: 'when', when: moments.tableTime(proposedAt) } },
      { term: t('accounts:proposal.reason'), value: reason, wide: true },
      ...(decider ? [{ term: t('accounts:proposal.decider'), value: nameOf(decider, locale) }] : []),
      ...(decidedAt ? [{ term: t('accounts:proposal.decidedAt'), value: { kind: 'when' as const, when: moments.tableTime(decidedAt) } }] : []),
      ...(note === null ? [] : [{ term: t('accounts:proposal.note'), value: note, wide: true }]),
    ],
  };
}

/** One proposal: before and after, and what this reader may do with it. */
export function presentOneProposal(req: Request, proposal: Proposal, units: readonly Unit[], form: Form, now: Date): Record<string, unknown> {
  const { t } = req;
  const actor = me(req);
  const title = proposalTitle(req, units, proposal);
  const fault = actDecisionFault(actor, proposal);
  const waits = proposal.status === 'waiting';
  const own = proposal.proposedBy === actor.id;
  const to = `${HOME}/${proposal.id}`;
  const fields: Field[] = [
    { kind: 'radios', label: t('accounts:proposal.verdict'), required: true, options: (['granted', 'refused'] as const).map((value) => ({ value, label: t(`accounts:proposal.choose.${value}`) })), ...filled(form, 'verdict') },
    { kind: 'textarea', label: t('accounts:proposal.note'), hint: t('accounts:proposal.noteHint'), rows: 3, limit: 500, unmarked: true, ...filled(form, 'note') },
  ];
  const fetchUntil = proposal.decidedAt === null ? 0 : proposal.decidedAt.getTime() + fetchDays * 86_400_000;
  const fetches = own && proposal.act === 'passwordReset' && proposal.status === 'granted' && proposal.doneAt === null && mayProposeAct(actor, 'passwordReset', { id: proposal.personId ?? '', roles: [] });
  const notices: Notice[] = [
    ...(waits && fault !== null ? [{ tone: 'info' as const, text: t(`accounts:proposal.mayNot.${fault}`) }] : []),
    ...(fetches && fetchUntil <= now.getTime() ? [{ tone: 'soon' as const, text: t('accounts:proposal.fetchOver', { count: fetchDays }) }] : []),
  ];
  return {
    page: { title, crumbs: crumbsTo(req, title) },
    heading: { title, badges: [badgeOf(req, proposal)] } satisfies Heading,
    notices,
    errors: labelledSummary(form, fields, t),
    facts: factsOf(req, proposal),
    changes: changesTable(req, units, proposal.before, proposal.after),
    decide: waits && fault === null
      ? {
          form: { action: `${to}/decide`, label: t('accounts:proposal.verdict') },
          fields,
          consequences: {
            title: t('accounts:proposal.decide'),
            consequences: [t(proposal.act === 'passwordReset' ? 'accounts:proposal.doesPassword' : 'accounts:proposal.does')],
            mailTo: [...(proposal.person ? [nameOf(proposal.person, req.locale)] : [t('accounts:proposal.unitHeads')]), nameOf(proposal.proposer, req.locale)],
            undo: { possible: false, text: t('accounts:proposal.undoBySecond') },
          },
          buttons: { primary: { label: t('accounts:proposal.decide') } },
        }
      : null,
    withdraw: waits && own ? { action: `${to}/withdraw`, button: { label: t('accounts:proposal.withdraw') } } : null,
    fetch: fetches && fetchUntil > now.getTime() ? { action: `${to}/password`, button: { label: t('accounts:proposal.fetch'), danger: true } } : null,
  };
}
