import { Router } from 'express';
import type { Calendars } from '../../platform/calendar.ts';
import { Forbidden, NotFound } from '../../platform/http/errors.ts';
import type { Ground } from '../../platform/http/feature.ts';
import { newForm, readForm, refusedForm, type Form } from '../../platform/http/forms.ts';
import type { Rules } from '../../platform/rules.ts';
import { dateAt } from '../../rules/calendar/index.ts';
import { decisionRefusal, mayPropose, ruleDomains, ruleGroups, ruleKindOf, type RuleDomain, type RuleGroup, type RuleKind } from '../../rules/limits/index.ts';
import { isAdministrator } from '../../rules/people.ts';
import { decisionForm, proposalForm } from './forms.ts';
import { presentList } from './list-presenter.ts';
import { presentProposal, startingValues } from './proposal-presenter.ts';
import { decideVersion, earlierProposers, listVersions, proposeVersion, type RuleVersion } from './queries.ts';
import { presentRule } from './rule-presenter.ts';
import { rolesInWords, ruleHref, ruleName, valueInWords, versionOn, type Reader } from './words.ts';

/** A version that came into force: what hangs on it (open deadlines) is to be computed again. */
export interface ConfirmedRule {
  readonly id: number;
  readonly code: string;
  readonly effectiveFrom: string;
  /** Person who confirmed it. */
  readonly by: string;
  readonly requestId: string;
}

export interface RulesParts {
  readonly rules: Rules;
  readonly calendars: Calendars;
  /** Called after a confirmation is committed. When it fails the confirmation stands, and the page says what is open. */
  readonly onRuleConfirmed: (rule: ConfirmedRule) => Promise<void>;
}

/** Settings of sign-in are shown to administrators alone; limits of the business to all staff. */
function visibleGroups(person: Express.User): RuleGroup[] {
  return ruleGroups.filter((group) => group !== 'security' || isAdministrator(person));
}

/** `/admin/rules`: every rule, its versions, proposing and deciding. */
export function ruleRoutes({ knex, clock, logger }: Ground, { rules, calendars, onRuleConfirmed }: RulesParts): Router {
  const router = Router();

  const readerOf = async (person: Express.User, { t, locale }: Pick<Reader, 't' | 'locale'>): Promise<Reader> => {
    const calendar = await calendars.current();
    return { t, locale, person, today: dateAt(calendar, clock().getTime()) };
  };
  const signedIn = (person: Express.User | undefined): Express.User => {
    if (!person) throw new NotFound();
    return person;
  };
  const kindFor = (person: Express.User, code: string): RuleKind => {
    const kind = ruleKindOf(code);
    if (!kind) throw new NotFound();
    if (!visibleGroups(person).includes(kind.group)) throw new NotFound({ refused: true });
    return kind;
  };
  /** The field that an address or a form names; null for the general rule. */
  const domainOf = (kind: RuleKind, name: unknown): RuleDomain | null => (kind.byDomain ? ruleDomains.find((domain) => domain === name) ?? null : null);
  const domainFor = (kind: RuleKind, name: unknown): RuleDomain | null => {
    const domain = domainOf(kind, name);
    if (name !== undefined && domain === null) throw new NotFound();
    return domain;
  };

  router.get('/', async (req, res) => {
    const person = signedIn(req.user);
    const [versions, reader] = await Promise.all([listVersions(knex), readerOf(person, req)]);
    res.render('rules/list', presentList(versions, visibleGroups(person), reader));
  });

  router.get('/:code', async (req, res) => {
    const person = signedIn(req.user);
    const kind = kindFor(person, req.params.code);
    const domain = domainFor(kind, req.query['domain']);
    const [versions, reader] = await Promise.all([listVersions(knex, kind.code), readerOf(person, req)]);
    res.render('rules/show', presentRule(kind, domain, versions, newForm(), reader));
  });

  router.get('/:code/propose', async (req, res) => {
    const person = signedIn(req.user);
    const kind = kindFor(person, req.params.code);
    if (!mayPropose(person, kind.group)) throw new Forbidden('rules:refused.notProposer', { roles: rolesInWords(kind.group, 'propose', req.t) });
    const domain = domainFor(kind, req.query['domain']);
    const [versions, reader] = await Promise.all([listVersions(knex, kind.code), readerOf(person, req)]);
    const current = versionOn(versions, { code: kind.code, domain }, reader.today);
    res.render('rules/propose', presentProposal(kind, domain, versions, newForm(startingValues(kind, domain, current)), reader));
  });

  router.post('/:code/propose', async (req, res) => {
    const person = signedIn(req.user);
    const kind = kindFor(person, req.params.code);
    if (!mayPropose(person, kind.group)) throw new Forbidden('rules:refused.notProposer', { roles: rolesInWords(kind.group, 'propose', req.t) });
    const again = async (form: Form): Promise<void> => {
      const [versions, reader] = await Promise.all([listVersions(knex, kind.code), readerOf(person, req)]);
      res.status(422).render('rules/propose', presentProposal(kind, domainOf(kind, form.values['domain']), versions, form, reader));
    };
    const form = readForm(proposalForm(kind), req.body, req.t);
    if (!form.ok) return again(form.form);
    const proposed = await proposeVersion(knex, { code: kind.code, by: person.id, ...form.data });
    if (!proposed.ok) {
      const sentence = req.t(`rules:fault.${proposed.because}`, { ...proposed });
      return again(refusedForm(req.body, { [proposed.because === 'pending' ? '' : 'effectiveFrom']: sentence }));
    }
    const which = { code: kind.code, domain: form.data.domain };
    req.flash({ tone: 'done', text: req.t('rules:propose.done', { name: ruleName(which, req.t) }) });
    res.redirect(ruleHref(which));
  });

  router.post('/:code/decide', async (req, res) => {
    const person = signedIn(req.user);
    const kind = kindFor(person, req.params.code);
    const versions = await listVersions(knex, kind.code);
    const form = readForm(decisionForm, req.body, req.t);
    if (!form.ok) {
      const domain = domainOf(kind, req.query['domain']);
      res.status(422).render('rules/show', presentRule(kind, domain, versions, form.form, await readerOf(person, req)));
      return;
    }
    const { id, decision, note } = form.data;
    const proposal = versions.find((version) => version.id === id);
    if (!proposal) throw new NotFound();
    const refusal = decisionRefusal(person, kind.group, proposal.proposedById, earlierProposers(versions, proposal));
    if (refusal !== null) throw new Forbidden(`rules:refused.${refusal}`, { roles: rolesInWords(kind.group, 'confirm', req.t) });

    const decided = await decideVersion(knex, { id, confirmed: decision === 'confirm', by: person.id, note });
    const name = ruleName(proposal, req.t);
    if (!decided.ok) {
      const text = decided.because === 'decided'
        ? req.t(`rules:fault.already.${decided.version.status}`, { who: decidedBy(decided.version, req.locale) })
        : req.t(`rules:fault.${decided.because}`, { ...decided });
      req.flash({ tone: 'soon', text });
    } else if (decision === 'reject') {
      req.flash({ tone: 'done', text: req.t('rules:decide.rejected', { name }) });
    } else {
      rules.forget();
      const { effectiveFrom, code } = decided.version;
      req.flash({ tone: 'done', text: req.t('rules:decide.confirmed', { name, value: valueInWords(decided.version, req.t), from: effectiveFrom }) });
      try {
        await onRuleConfirmed({ id, code, effectiveFrom, by: person.id, requestId: req.requestId });
      } catch (error) {
        logger.error({ err: error, rule: code, version: id }, 'open deadlines were not computed again after a rule was confirmed');
        req.flash({ tone: 'soon', text: req.t('rules:decide.notRecomputed') });
      }
    }
    res.redirect(ruleHref(proposal));
  });

  return router;
}

function decidedBy({ decidedBy: who }: RuleVersion, locale: string): string {
  return who === null ? '' : locale === 'en' ? who.nameEn : who.name;
}
