import { Router } from 'express';
import { z } from 'zod';
import { verifyAnchors } from '../../platform/anchor/check.ts';
import { verifyAll, verifyCase } from '../../platform/casefile/verify.ts';
import type { Ground } from '../../platform/http/feature.ts';
import { fault, field } from '../../platform/http/fields.ts';
import { filled, labelledSummary, newForm, readForm, refusedForm, type Form } from '../../platform/http/forms.ts';
import { onlyFor } from '../../platform/http/sign-in-wall.ts';
import type { DataTable, Field, Notice } from '../../platform/http/view-models.ts';
import type { Translate } from '../../platform/i18n.ts';
import type { Finding } from '../../platform/proof.ts';
import { verifyRecords } from '../../platform/records/verify.ts';
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

interface Looked {
  files: number;
  events: number;
}

interface Checked {
  /** Null where one case was looked at. */
  cases: Looked | null;
  records: Looked | null;
  /** Daily roots looked at. */
  anchors: number | null;
  findings: Finding[];
  /** All files were looked at, not only those that the time sufficed for. */
  complete: boolean;
}

/** The chains of cases and records: one case, or as many of both as a page has time for. */
export function chainRoutes({ knex, config }: Ground): Router {
  const router = Router();
  const settings = { hash: config.hash, key: config.secrets.chain };
  router.use(onlyFor(onlyAuditors));

  async function checkAll(): Promise<Checked> {
    const until = Date.now() + patienceMs;
    const checked: Checked = { cases: null, records: null, anchors: null, findings: [], complete: true };
    for (const [kind, all] of [['cases', verifyAll], ['records', verifyRecords]] as const) {
      for await (const { files, events, findings } of all(knex, settings)) {
        checked[kind] = { files, events };
        checked.findings.push(...findings.slice(0, mostShown - checked.findings.length));
        if (Date.now() > until) return { ...checked, complete: false };
      }
    }
    const { files, findings } = await verifyAnchors(knex);
    checked.findings.push(...findings.slice(0, mostShown - checked.findings.length));
    return { ...checked, anchors: files };
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
    res.render('chain/chain', view(req.t, newForm({ caseNo }), { cases: null, records: null, anchors: null, findings, complete: true }));
  });

  return router;
}

function noticeOf(t: Translate, { cases, records, anchors, findings, complete }: Checked): Notice {
  const looked = cases === null
    ? t('chain:lookedOne')
    : t('chain:looked', { cases: cases.files, events: cases.events }) + (records === null ? '' : t('chain:lookedRecords', { records: records.files, events: records.events })) + (anchors === null ? '' : t('chain:anchored', { count: anchors }));
  const rest = complete ? '' : t('chain:timeOver');
  if (findings.length === 0) return { tone: complete ? 'done' : 'soon', text: `${looked}${t('chain:sound')}${rest}` };
  return { tone: 'late', text: `${looked}${t('chain:unsound', { count: findings.length })}${rest}` };
}

function tableOf(t: Translate, findings: readonly Finding[]): DataTable {
  return {
    caption: t('chain:findings'),
    columns: [
      { key: 'case', label: t('chain:file'), line: 1 },
      { key: 'kind', label: t('chain:kindLabel'), line: 2 },
      { key: 'seq', label: t('chain:seq'), align: 'end', line: 2, named: true },
      { key: 'detail', label: t('chain:detail'), line: 3 },
    ],
    rows: findings.map(({ file, number, id, kind, seq, said }) => ({
      cells: {
        case: file === 'case' ? (number === '' ? id : number) : { kind: 'lines', lines: [t(`chain:what.${file}`, { number }), id] },
        kind: t(`chain:kind.${kind}`),
        seq: seq === null ? { kind: 'none' } : { kind: 'number', text: String(seq) },
        detail: t(`chain:found.${said.key}`, said.params),
      },
      tone: 'late' as const,
    })),
    empty: { title: '' },
  };
}
