import type { Request, Router } from 'express';
import { z } from 'zod';
import { createFormat } from '../../../platform/http/format.ts';
import type { Button, Field, FormShell, Heading, Link, Page } from '../../../platform/http/view-models.ts';
import { countUpTo, type PageOf, type Position } from '../../../platform/paging.ts';
import { maskRecords } from '../../../platform/records/masking.ts';
import { addressOf, exportAddress, listPath, readFilter, type RecordFilter } from '../list/filter.ts';
import { appliedTo } from '../list/presenter.ts';
import { filtered, listRecords, type ListedRecord } from '../list/queries.ts';
import { readingOf, readsAll, type Reading, type Records } from '../parts.ts';
import { columnSets, columnsFor, exportName, type ExportColumns } from './columns.ts';
import { formats, sendRows } from './send.ts';

/** As many as can be imported at once; a narrower filter gives more in parts. */
const mostRows = 100_000;
const batch = 500;

const asked = z.object({ columns: z.enum(columnSets).catch('list'), format: z.enum(formats).catch('xlsx') });

interface ExportPage {
  page: Page;
  heading: Heading;
  narrowed: string[];
  form: FormShell;
  fields: Field[];
  button: Button;
  back: Link;
}

/** The filter as it stands in an address, for the fields of a form. */
const hiddenOf = (filter: RecordFilter): Record<string, string> => Object.fromEntries(new URL(addressOf(filter), 'http://list').searchParams);

function presentExport(req: Request, filter: RecordFilter, reading: Reading): ExportPage {
  const { t, locale } = req;
  return {
    page: { title: t('imports:export.title'), crumbs: [{ label: t('records:title'), href: listPath }, { label: t('imports:export.title') }] },
    heading: { title: t('imports:export.title'), lead: t('imports:export.lead', { limit: createFormat(locale).count(mostRows) }) },
    narrowed: appliedTo(req, filter, reading),
    form: { action: `${exportAddress({})}/file`, method: 'get', hidden: hiddenOf(filter) },
    fields: [
      {
        kind: 'radios', name: 'columns', label: t('imports:export.columns'), required: true, value: 'list',
        options: columnSets.map((value) => ({ value, label: t(`imports:export.set.${value}`), hint: t(`imports:export.setHint.${value}`) })),
      },
      { kind: 'radios', name: 'format', label: t('imports:export.format'), required: true, inline: true, value: 'xlsx', options: formats.map((value) => ({ value, label: t(`imports:export.as.${value}`) })) },
    ],
    button: { label: t('imports:export.send'), icon: 'download' },
    back: { href: addressOf(filter), label: t('ui:form.cancel') },
  };
}

/** `/records/export`: the list with its filters as a file. */
export function exportRoutes(router: Router, records: Records): void {
  const { ground, seal } = records;
  const { knex } = ground;

  /** The rows of a filter in the order of the list, as far as the person sees them, each as he may read it. */
  async function* rowsOf(reading: Reading, filter: RecordFilter, columns: ExportColumns): AsyncGenerator<string[]> {
    let from: Position | null = null;
    do {
      const page: PageOf<ListedRecord> = await listRecords(knex, reading, filter, from, { size: batch, counted: false });
      const foreign = page.rows.filter(({ state }) => !readsAll(reading, state));
      const masked = new Map((await maskRecords(knex, seal, foreign)).map((texts, n) => [foreign[n]!.id, texts]));
      for (const record of page.rows) yield columns.row(record, masked.get(record.id) ?? null);
      from = page.next;
    } while (from !== null);
  }

  router.get('/export', async (req, res) => {
    const reading = await readingOf(req, records);
    res.render('records/export', presentExport(req, readFilter(req.query), reading));
  });

  router.get('/export/file', async (req, res) => {
    const reading = await readingOf(req, records);
    const filter = readFilter(req.query);
    const rows = await countUpTo(knex, filtered(knex, reading, filter).select('r.id'), mostRows + 1);
    if (rows > mostRows) {
      req.flash({ tone: 'soon', text: req.t('imports:export.tooLong', { limit: createFormat(req.locale).count(mostRows) }) });
      return res.redirect(303, addressOf(filter));
    }
    req.viewed = { kind: 'exported', detail: { rows } };
    const { columns: set, format } = asked.parse(req.query);
    const columns = columnsFor(req, set, reading);
    await sendRows(res, format, { name: exportName(req, reading), title: req.t('records:title'), columns, rows: rowsOf(reading, filter, columns) });
  });
}
