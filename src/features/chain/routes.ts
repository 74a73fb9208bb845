import { Router } from 'express';
import { z } from 'zod';
import { verifyAll, verifyCase, type Finding } from '../../platform/casefile/verify.ts';
import type { Ground } from '../../platform/http/feature.ts';
import { fault, field } from '../../platform/http/fields.ts';
import { filled, labelledSummary, newForm, readForm, refusedForm, type Form } from '../../platform/http/forms.ts';
import { onlyFor } from '../../platform/http/sign-in-wall.ts';
import type { DataTable, Field, Notice } from '../../platform/http/view-models.ts';
import type { Translate } from '../../platform/i18n.ts';
import { hasRole, type Person } from '../../rules/people.ts';

export const onlyAuditors = (person: Pick<Person, 'roles'>): boolean => hasRole(person, 'auditAdmin');

/** A page answers in this time; what takes longer is for the command. In milliseconds. */
const patienceMs = 10_000;
/** So many findings are shown; the command lists all. */
const mostShown = 200;

const oneCase = z.object({
  caseNo: field((typed) => {
    const number = typed.normalize('NFKC').replace(/\s/gu, '').toUpperCase();
    return /^[A-Z]{2,4}-\d{4}-\d{6,9}$/u.test(number) ? number : fault('chain:notNumber', { value: typed });
  }),
});

interface Checked {
  cases: number;
  events: number | null;
  findings: Finding[];
  /** All files were looked at, not only those that the time sufficed for. */
  complete: boolean;
}

/** The chains of case files: one of them, or as many as a page has time for. */
export function chainRoutes({ knex, config }: Ground): Router {
  const router = Router();
  const settings = { hash: config.hash, key: config.secrets.chain };
  router.use(onlyFor(onlyAuditors));

  async function checkAll(): Promise<Checked> {
    const until = Date.now() + patienceMs;
    const checked: Checked = { cases: 0, events: 0, findings: [], complete: true };
    for await (const { cases, events, findings } of verifyAll(knex, settings)) {
      Object.assign(checked, { cases, events });
      checked.findings.push(...findings.slice(0, mostShown - checked.findings.length));
      if (Date.now() > until) return { ...checked, complete: false };
    }
    return checked;
  }

  function view(t: Translate, form: Form, checked: Checked | null) {
    const title = t('chain:title');
    const number: Field = { kind: 'text', size: 'medium', label: t('chain:caseNo'), hint: t('chain:caseNoHint'), required: true, ...filled(form, 'caseNo') };
    return {
      page: { title },
      heading: { title, lead: t('chain:lead') },
      errors: labelledSummary(form, [number], t),
      field: number,
      one: { action: '/admin/chain/case', label: t('chain:one'), warnWhenDirty: false },
      all: { action: '/admin/chain', label: t('chain:all'), warnWhenDirty: false },
      notice: checked ? noticeOf(t, checked) : null,
      findings: checked && checked.findings.length > 0 ? tableOf(t, checked.findings) : null,
    };
  }

  router.get('/', (req, res) => {
    res.render('chain/chain', view(req.t, newForm(), null));
  });

  router.post('/', async (req, res) => {
    res.render('chain/chain', view(req.t, newForm(), await checkAll()));
  });

  router.post('/case', async (req, res) => {
    const read = readForm(oneCase, req.body, req.t);
    if (!read.ok) {
      res.status(422).render('chain/chain', view(req.t, read.form, null));
      return;
    }
    const { caseNo } = read.data;
    const findings = await verifyCase(knex, settings, caseNo);
    if (!findings) {
      res.status(422).render('chain/chain', view(req.t, refusedForm(req.body, { caseNo: req.t('chain:noSuchCase', { caseNo }) }), null));
      return;
    }
    res.render('chain/chain', view(req.t, newForm({ caseNo }), { cases: 1, events: null, findings, complete: true }));
  });

  return router;
}

function noticeOf(t: Translate, { cases, events, findings, complete }: Checked): Notice {
  const looked = events === null ? t('chain:lookedOne') : t('chain:looked', { cases, events });
  const rest = complete ? '' : t('chain:timeOver');
  if (findings.length === 0) return { tone: complete ? 'done' : 'soon', text: `${looked}${t('chain:sound')}${rest}` };
  return { tone: 'late', text: `${looked}${t('chain:unsound', { count: findings.length })}${rest}` };
}

function tableOf(t: Translate, findings: readonly Finding[]): DataTable {
  return {
    caption: t('chain:findings'),
    columns: [
      { key: 'case', label: t('chain:caseNo'), line: 1 },
      { key: 'kind', label: t('chain:kindLabel'), line: 2 },
      { key: 'seq', label: t('chain:seq'), align: 'end', line: 2, named: true },
      { key: 'detail', label: t('chain:detail'), line: 3 },
    ],
    rows: findings.map(({ caseNo, caseId, kind, seq, said }) => ({
      cells: {
        case: caseNo === '' ? caseId : caseNo,
        kind: t(`chain:kind.${kind}`),
        seq: seq === null ? { kind: 'none' } : { kind: 'number', text: String(seq) },
        detail: t(`chain:found.${said.key}`, said.params),
      },
      tone: 'late' as const,
    })),
    empty: { title: '' },
  };
}
