import { Router, type Request, type Response } from 'express';
import type { Knex } from 'knex';
import { Conflict, NotFound } from '../../platform/http/errors.ts';
import type { Ground } from '../../platform/http/feature.ts';
import { filled, labelledSummary, newForm, readForm, refusedForm, valueOf, type Form } from '../../platform/http/forms.ts';
import { cityDay } from '../../platform/http/instants.ts';
import { createMoments } from '../../platform/http/moments.ts';
import { onlyFor } from '../../platform/http/sign-in-wall.ts';
import type { Cell, DataTable, Field, Heading, Notice, Option } from '../../platform/http/view-models.ts';
import { readUnits, unitName, type Unit, type UnitNames } from '../../platform/units.ts';
import { mayAdminister, unitKinds, type AdministrationAct, type UnitKind } from '../../rules/people.ts';
import { newUnitForm, unitForm, type UnitFields } from './forms.ts';
import { proposeHref } from './proposals-routes.ts';
import { me } from './settings-routes.ts';

const may = (act: AdministrationAct) => onlyFor((person) => mayAdminister(person, act));

/** How deep a unit stands in the tree; 0 for a root. */
function depthOf(units: readonly Unit[], unit: Unit): number {
  const parent = units.find(({ id }) => id === unit.parentId);
  return parent ? depthOf(units, parent) + 1 : 0;
}

/** Whether `id` is `unit` itself or stands below it: it cannot become its parent. */
function isWithin(units: readonly Unit[], id: string, unit: string): boolean {
  if (id === unit) return true;
  const parent = units.find((one) => one.id === id)?.parentId ?? null;
  return parent !== null && isWithin(units, parent, unit);
}

/** What documents of a unit bear. */
interface OnPaper {
  readonly documentPrefix: string | null;
  readonly reviewBody: string | null;
  readonly court: string | null;
}

async function onPaper(db: Knex, id: string): Promise<OnPaper> {
  const row: OnPaper | undefined = await db('unit').where({ id }).first({ documentPrefix: 'document_prefix', reviewBody: 'review_body', court: 'court' });
  return row ?? { documentPrefix: null, reviewBody: null, court: null };
}

/** Kinds of units that issue documents to the public. */
const issuing: readonly UnitKind[] = ['creditOffice', 'department', 'region', 'zone'];

/** What its documents still lack, in the words of the form. */
function lackOnPaper(req: Request, { kind, active }: Unit, paper: OnPaper): Notice[] {
  const missing = (['documentPrefix', 'reviewBody', 'court'] as const).filter((key) => paper[key] === null);
  if (!active || !issuing.includes(kind) || missing.length === 0) return [];
  return [{ tone: 'soon', text: req.t('accounts:unit.lacksOnPaper', { what: missing.map((key) => req.t(`accounts:unit.${key}`)).join(req.t('common:list')) }) }];
}

async function countByUnit(knex: Knex): Promise<Map<string, number>> {
  const rows: { unit_id: string; people: number | string }[] = await knex('person_role as r')
    .join('person as p', 'p.id', 'r.person_id').where({ 'p.active': true })
    .groupBy('r.unit_id').select('r.unit_id').countDistinct({ people: 'r.person_id' });
  return new Map(rows.map(({ unit_id, people }) => [unit_id, Number(people)]));
}

/** A unit as its form has it. */
const fieldsOf = ({ name, shortName, nameEn, regionCode, parentId, mailbox, position, active }: Unit, paper: OnPaper): UnitFields =>
  ({ name, shortName, nameEn, regionCode, parent: parentId, mailbox, ...paper, position, active });

const columnsOf = (fields: UnitFields) => ({
  name: fields.name,
  short_name: fields.shortName,
  name_en: fields.nameEn,
  region_code: fields.regionCode,
  parent_id: fields.parent,
  mailbox: fields.mailbox,
  document_prefix: fields.documentPrefix,
  review_body: fields.reviewBody,
  court: fields.court,
  position: fields.position,
  active: fields.active,
});

function treeTable(req: Request, units: readonly Unit[], people: ReadonlyMap<string, number>): DataTable {
  const mayEdit = mayAdminister(me(req), 'editUnits');
  return {
    caption: req.t('accounts:units.title'),
    columns: [
      { key: 'name', label: req.t('accounts:person.unit'), line: 1 },
      { key: 'kind', label: req.t('accounts:unit.kind'), line: 2, tight: true },
      { key: 'code', label: req.t('accounts:unit.regionCode'), tight: true },
      { key: 'mailbox', label: req.t('accounts:unit.mailbox'), line: 3 },
      { key: 'people', label: req.t('accounts:units.people'), align: 'end', line: 3, named: true },
    ],
    rows: units.map((unit) => {
      const label = req.t('accounts:units.indented', { indent: '— '.repeat(depthOf(units, unit)), name: unitName(unit, req.locale) });
      return {
        cells: {
          name: mayEdit ? { kind: 'link', href: `/admin/units/${unit.id}`, label, ...(unit.active ? {} : { note: req.t('accounts:unit.inactive') }) } : label,
          kind: req.t(`common:unitKind.${unit.kind}`),
          code: unit.regionCode ?? { kind: 'none' },
          mailbox: unit.mailbox ?? { kind: 'none' },
          people: { kind: 'number', text: String(people.get(unit.id) ?? 0), href: `/admin/people?unit=${unit.id}` },
        },
      };
    }),
    empty: { title: req.t('accounts:units.none') },
  };
}

interface Renaming {
  readonly renamedOn: string | null;
  readonly misspelt: boolean;
}

const sameNames = (a: UnitNames, b: UnitNames): boolean => a.name === b.name && a.shortName === b.shortName && a.nameEn === b.nameEn;

/** What the unit was called before; null where it never had another name. */
function formerTable(req: Request, { former }: Unit): DataTable | null {
  if (former === undefined) return null;
  const { t } = req;
  const when = (date: string): Cell => ({ kind: 'when', when: createMoments(t).table(date) });
  return {
    caption: t('accounts:unit.former'),
    columns: [
      { key: 'name', label: t('accounts:unit.name'), line: 1 },
      { key: 'shortName', label: t('accounts:unit.shortName'), line: 2 },
      { key: 'nameEn', label: t('accounts:unit.nameEn'), line: 2 },
      { key: 'since', label: t('accounts:unit.since'), line: 3, named: true, tight: true },
      { key: 'until', label: t('accounts:unit.until'), line: 3, named: true, tight: true },
    ],
    rows: former.map(({ name, shortName, nameEn, since, until }) => ({
      cells: { name, shortName, nameEn, since: since === null ? { kind: 'none' } : when(since), until: when(until) },
    })),
    empty: { title: t('accounts:unit.noFormer') },
  };
}

function unitFields(req: Request, form: Form, units: readonly Unit[], own: string | null): Field[] {
  const parents: Option[] = units
    .filter(({ id, active }) => active && (own === null || !isWithin(units, id, own)))
    .map((unit) => ({ value: unit.id, label: unitName(unit, req.locale) }));
  const label = (key: string): string => req.t(`accounts:unit.${key}`);
  return [
    ...(own === null ? [{ kind: 'text', label: label('id'), hint: label('idHint'), required: true, size: 'medium', ...filled(form, 'id') } satisfies Field] : []),
    { kind: 'text', label: label('name'), required: true, ...filled(form, 'name') },
    { kind: 'text', label: label('shortName'), required: true, size: 'medium', ...filled(form, 'shortName') },
    { kind: 'text', label: label('nameEn'), required: true, ...filled(form, 'nameEn') },
    ...(own === null
      ? [{ kind: 'select', label: label('kind'), required: true, options: unitKinds.map((kind) => ({ value: kind, label: req.t(`common:unitKind.${kind}`) })), ...filled(form, 'kind') } satisfies Field]
      : [
        { kind: 'date', label: label('renamedOn'), hint: label('renamedOnHint'), ...filled(form, 'renamedOn') },
        { kind: 'check', name: 'misspelt', label: label('misspelt'), checked: valueOf(form, 'misspelt') !== '' },
      ] satisfies Field[]),
    { kind: 'select', label: label('parent'), blank: label('noParent'), options: parents, ...filled(form, 'parent') },
    { kind: 'text', label: label('regionCode'), hint: label('regionCodeHint'), size: 'short', ...filled(form, 'regionCode') },
    { kind: 'text', type: 'email', label: label('mailbox'), hint: label('mailboxHint'), size: 'medium', ...filled(form, 'mailbox') },
    { kind: 'text', label: label('documentPrefix'), hint: label('documentPrefixHint'), size: 'medium', ...filled(form, 'documentPrefix') },
    { kind: 'text', label: label('reviewBody'), hint: label('reviewBodyHint'), ...filled(form, 'reviewBody') },
    { kind: 'text', label: label('court'), hint: label('courtHint'), ...filled(form, 'court') },
    { kind: 'number', label: label('position'), hint: label('positionHint'), required: true, ...filled(form, 'position') },
    { kind: 'check', name: 'active', label: label('active'), checked: valueOf(form, 'active') !== '' },
  ];
}

/** Units as a tree: seen by the three administrators, kept by the system administrator. */
export function unitRoutes({ knex, accessLog, clock, units: directory }: Ground): Router {
  const show = async (req: Request, res: Response, form: Form, unit: Unit | null): Promise<void> => {
    const units = await readUnits(knex);
    const title = unit === null ? req.t('accounts:units.add') : unitName(unit, req.locale);
    const fields = unitFields(req, form, units, unit?.id ?? null);
    res.render('accounts/unit', {
      page: { title, crumbs: [{ label: req.t('accounts:units.title'), href: '/admin/units' }, { label: title }] },
      heading: { title, ...(unit === null ? {} : { links: [{ href: proposeHref({ act: 'unitKind', unitId: unit.id }), label: req.t('accounts:unit.changeKind') }] }) },
      errors: labelledSummary(form, fields, req.t),
      form: unit === null ? { action: '/admin/units/new' } : { action: `/admin/units/${unit.id}`, hidden: { version: String(form.values['version']) } },
      fields,
      notices: unit === null ? [] : lackOnPaper(req, unit, await onPaper(knex, unit.id)),
      former: unit === null ? null : formerTable(req, unit),
      buttons: { primary: { label: unit === null ? title : req.t('accounts:save') }, cancel: { href: '/admin/units', label: req.t('accounts:cancel') } },
    });
  };

  const find = async (req: Request): Promise<Unit> => {
    const unit = (await readUnits(knex)).find(({ id }) => id === req.params['id']);
    if (!unit) throw new NotFound();
    return unit;
  };

  const refuse = (req: Request, res: Response, form: Form, unit: Unit | null): Promise<void> => {
    res.status(422);
    return show(req, res, form, unit);
  };

  /** What only the tree can tell about the fields; null when all is well. */
  const treeFault = async (req: Request, { parent, documentPrefix }: UnitFields, own: string | null): Promise<Form | null> => {
    const taken: { name: string } | undefined = documentPrefix === null ? undefined : await knex('unit').where({ document_prefix: documentPrefix }).whereNot({ id: own ?? '' }).first('name');
    if (taken) return refusedForm(req.body, { documentPrefix: req.t('accounts:unit.prefixTaken', { value: documentPrefix, name: taken.name }) });
    if (parent === null) return null;
    const units = await readUnits(knex);
    const fits = units.some(({ id, active }) => id === parent && active) && (own === null || !isWithin(units, parent, own));
    return fits ? null : refusedForm(req.body, { parent: req.t('common:form.notOffered', { value: parent }) });
  };

  /**
   * Names that change are those of another day or were written wrongly: only whoever keeps the units knows. Null when all
   * is well.
   */
  const renamingFault = (req: Request, unit: Unit, { renamedOn, misspelt, ...fields }: UnitFields & Renaming): Form | null => {
    const refused = (name: string, key: string, params: Record<string, string> = {}): Form => refusedForm(req.body, { [name]: req.t(`accounts:unit.${key}`, params) });
    if (sameNames(unit, fields)) return renamedOn === null ? null : refused('renamedOn', 'notRenamed', { date: renamedOn });
    if (renamedOn === null) return misspelt ? null : refused('renamedOn', 'renamedWhen', { name: unit.name });
    if (misspelt) return refused('renamedOn', 'eitherRenamed');
    const last = unit.former?.[0];
    return last !== undefined && renamedOn <= last.until ? refused('renamedOn', 'renamedBefore', { date: last.until }) : null;
  };

  const router = Router();

  router.get('/', may('viewUnits'), async (req, res) => {
    const [units, people] = await Promise.all([readUnits(knex), countByUnit(knex)]);
    const heading: Heading = {
      title: req.t('accounts:units.title'),
      links: mayAdminister(me(req), 'editUnits') ? [{ href: '/admin/units/new', label: req.t('accounts:units.add'), icon: 'plus', primary: true }] : [],
    };
    res.render('accounts/list', { page: { title: req.t('accounts:units.title'), width: 'full' }, heading, table: treeTable(req, units, people) });
  });

  router.get('/new', may('editUnits'), (req, res) => show(req, res, newForm({ kind: 'department', position: 100, active: 'on' }), null));

  router.post('/new', may('editUnits'), async (req, res) => {
    const read = readForm(newUnitForm, req.body, req.t);
    if (!read.ok) return refuse(req, res, read.form, null);
    const { id, kind, ...fields } = read.data;
    const wrong = await treeFault(req, fields, null);
    if (wrong) return refuse(req, res, wrong, null);
    const added = await knex.transaction(async (trx) => {
      const inserted: { id: string }[] = await trx('unit').insert({ id, kind, ...columnsOf(fields) }).onConflict('id').ignore().returning('id');
      if (inserted.length > 0) await accessLog.record(req, { kind: 'unitAdded', detail: { id, kind, ...fields } }, trx);
      return inserted.length > 0;
    });
    if (!added) return refuse(req, res, refusedForm(req.body, { id: req.t('accounts:unit.idTaken', { value: id }) }), null);
    directory.forget();
    req.flash({ tone: 'done', text: req.t('accounts:units.added', { name: fields.name }) });
    res.redirect('/admin/units');
  });

  router.get('/:id', may('editUnits'), async (req, res) => {
    const unit = await find(req);
    await show(req, res, newForm({ ...unit, ...(await onPaper(knex, unit.id)), parent: unit.parentId, active: unit.active ? 'on' : '' }), unit);
  });

  router.post('/:id', may('editUnits'), async (req, res) => {
    const unit = await find(req);
    const read = readForm(unitForm({ today: cityDay(clock()) }), req.body, req.t);
    if (!read.ok) return refuse(req, res, read.form, unit);
    const { version, renamedOn, misspelt, ...fields } = read.data;
    if (version !== unit.version) throw new Conflict('accounts:unit.changedMeanwhile');
    const wrong = (await treeFault(req, fields, unit.id)) ?? renamingFault(req, unit, { renamedOn, misspelt, ...fields });
    if (wrong) return refuse(req, res, wrong, unit);
    await knex.transaction(async (trx) => {
      const before = fieldsOf(unit, await onPaper(trx, unit.id));
      const changed = await trx('unit').where({ id: unit.id, version }).update({ ...columnsOf(fields), version: version + 1 });
      if (changed === 0) throw new Conflict('accounts:unit.changedMeanwhile');
      if (renamedOn !== null) {
        await trx('former_unit_name').insert({ unit_id: unit.id, name: unit.name, short_name: unit.shortName, name_en: unit.nameEn, since: unit.former?.[0]?.until ?? null, until: renamedOn });
      }
      await accessLog.record(req, { kind: 'unitChanged', detail: { unit: unit.id, before, after: fields, ...(renamedOn === null ? {} : { renamedOn }) } }, trx);
    });
    directory.forget();
    req.flash({ tone: 'done', text: req.t('accounts:units.changed', { name: fields.name }) });
    res.redirect('/admin/units');
  });

  return router;
}
