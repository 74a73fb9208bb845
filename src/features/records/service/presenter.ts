import type { Request } from 'express';
import { acceptedEndings, type Files } from '../../../platform/files.ts';
import { createDeadlineChips } from '../../../platform/http/deadline-chips.ts';
import { filled, labelledSummary, valueOf, valuesOf, type Form } from '../../../platform/http/forms.ts';
import { createFormat } from '../../../platform/http/format.ts';
import { createMoments } from '../../../platform/http/moments.ts';
import type { Cell, ErrorSummary, Facts, Field, FileItem, FileList, FormShell, Heading, IconName, Link, Notice, Page } from '../../../platform/http/view-models.ts';
import type { Translate } from '../../../platform/i18n.ts';
import type { FileRef } from '../../../rules/casefile/types.ts';
import type { RecordState } from '../../../rules/records/file.ts';
import { awaitsNotice, hasNotice, receivers, servedDocuments, serviceDue, serviceMeans, serviceOf, type RecordedService, type ServedDocument, type Service } from '../../../rules/records/service.ts';
import { listPath } from '../list/filter.ts';
import { enteringUnits, type Reading } from '../parts.ts';
import { longestNote } from './forms.ts';

export const servicePath = (record: string): string => `${listPath}/${record}/service`;
export const noticePath = (record: string): string => `${listPath}/${record}/notice`;

/** People of the deciding unit record what it served, until the record is taken back. */
export const mayServe = ({ facts, status }: RecordState, { person }: Reading): boolean =>
  enteringUnits(person).includes(facts.unit) && status !== 'withdrawn' && status !== 'stored';

/** Whether the subject has still to be served the notice, as the rule of the day of the decision asks for it. */
export const isNoticeDue = (state: RecordState, { law: { rules, calendar } }: Reading): boolean => awaitsNotice(state) && serviceDue(state, rules, calendar) !== null;

/** What may be served next: what is not served yet, and what the entry to be corrected says. */
export const servable = (state: RecordState, corrected: RecordedService | null): ServedDocument[] =>
  servedDocuments.filter((document) => corrected?.documents.includes(document) === true || serviceOf(state, document) === undefined);

export const documentsInWords = ({ documents }: Pick<Service, 'documents'>, t: Translate): string => documents.map((document) => t(`records:service.document.${document}`)).join(t('common:list'));

/** "直接送达，张*（法定代表人或者负责人）签收" */
export function howInWords({ means, receiver, issuedOn, servedOn }: Service, t: Translate): string {
  const { date } = createMoments(t);
  const how = t(`records:service.means.${means}`);
  if (means === 'publicNotice') return t('records:service.issued', { how, issued: date(issuedOn).text, served: date(servedOn).text });
  return receiver === null ? how : t('records:service.receivedBy', { how, name: receiver.masked, as: t(`records:service.receiver.${receiver.as}`) });
}

/** The block of the record's page. */
export interface ServiceBlock {
  facts: Facts;
  notices: Notice[];
  proof: FileList;
  links: (Link & { icon: IconName })[];
}

function servedCell(service: Service, { today }: Reading, t: Translate): Cell {
  const day = createMoments(t).day(service.servedOn).text;
  return { kind: 'lines', lines: [t(service.servedOn > today ? 'records:service.willBe' : 'records:service.servedOn', { date: day }), howInWords(service, t), ...(service.note === '' ? [] : [service.note])] };
}

/** Served on which day and how, or until when it has to be; null where nothing is served, as nothing is published. */
export function presentService(req: Pick<Request, 't' | 'locale'>, { id, state }: { id: string; state: RecordState }, reading: Reading): ServiceBlock | null {
  const { t, locale } = req;
  if (!hasNotice(state) && state.services === undefined) return null;
  const { law: { rules, calendar }, now, today } = reading;
  const format = createFormat(locale);
  const services = state.services ?? [];
  const due = awaitsNotice(state) ? serviceDue(state, rules, calendar) : null;
  const chips = createDeadlineChips({ t, calendar, now });
  const may = mayServe(state, reading);
  const notice = serviceOf(state, 'repairNotice');
  const items: Facts['items'] = [
    ...services.map((service) => ({ term: documentsInWords(service, t), value: servedCell(service, reading, t), wide: true })),
    ...servable(state, null).map((document) => ({ term: t(`records:service.document.${document}`), value: t('records:service.notYet'), wide: true })),
  ];
  const file = ({ hash, name, bytes }: FileRef): FileItem => ({ name, href: `${servicePath(id)}/files/${hash}`, description: format.bytes(bytes) });
  return {
    facts: {
      items: [
        ...(due ? [
          { term: t('records:service.due'), value: { kind: 'deadline' as const, deadline: chips.listed({ at: new Date(due.at), provisional: due.provisional }) } },
          { term: t('records:service.basis'), value: rules.on('record.service', state.facts.decidedOn).legalBasis, wide: true },
        ] : []),
        ...items,
      ],
    },
    notices: [
      ...(notice && notice.version < state.version ? [{ tone: 'soon' as const, text: t('records:service.correctedSince') }] : []),
      ...(notice && notice.servedOn > today ? [{ tone: 'info' as const, text: t('records:service.noticeRuns', { date: createMoments(t).day(notice.servedOn).text }) }] : []),
    ],
    proof: { label: t('records:service.proof'), none: t('records:service.noProof'), files: services.flatMap(({ proof }) => proof.map(file)) },
    links: [
      ...(hasNotice(state) ? [{ href: noticePath(id), label: t('documents:notice.title'), icon: 'print' as const }] : []),
      ...(may && servable(state, null).length > 0 ? [{ href: servicePath(id), label: t('records:service.title'), icon: 'check' as const }] : []),
      ...(may ? services.map((service) => ({ href: `${servicePath(id)}?corrects=${service.seq}`, label: services.length === 1 ? t('records:service.correct') : t('records:service.correctOf', { documents: documentsInWords(service, t) }), icon: 'file' as const })) : []),
    ],
  };
}

/** What goes into the fields of a correction. A name is kept masked, and is typed again. */
export function valuesOfService({ documents, means, issuedOn, receiver, note }: Service): Record<string, unknown> {
  return { documents: [...documents], means, issuedOn, receiverAs: receiver?.as ?? '', note, ...(means === 'electronic' ? { consent: 'yes' } : {}) };
}

export interface ServicePage {
  page: Page;
  heading: Heading;
  notices: Notice[];
  errors: ErrorSummary;
  shell: FormShell;
  fields: Field[];
  send: { label: string };
  back: Link;
}

export interface ServicePageParts {
  readonly record: { readonly id: string; readonly state: RecordState; readonly subject: { readonly name: string } };
  readonly reading: Reading;
  readonly form: Form;
  readonly commandId: string;
  readonly corrected: RecordedService | null;
  readonly arrived: readonly { readonly file: FileRef; readonly ticket: string }[];
  readonly megabytes: number;
}

function proofFields({ t, locale }: Pick<Request, 't' | 'locale'>, { form, arrived, megabytes }: ServicePageParts): Field[] {
  const format = createFormat(locale);
  const error = form.errors['proof'];
  return [
    ...(arrived.length === 0 ? [] : [{
      kind: 'checkboxes' as const, name: 'arrived', label: t('records:service.arrived'), required: true,
      values: arrived.map(({ ticket }) => ticket), options: arrived.map(({ ticket, file }) => ({ value: ticket, label: file.name, hint: format.bytes(file.bytes) })),
    }]),
    {
      kind: 'file', name: 'proof', label: t('records:service.proof'), hint: t('records:service.proofHint'), multiple: true, required: arrived.length === 0,
      accept: acceptedEndings.join(','), limits: t('files:limits', { limit: megabytes }), ...(error === undefined ? {} : { error }),
    },
  ];
}

/** The form of a service, and of the correction of one. */
export function presentServiceForm(req: Pick<Request, 't' | 'locale'>, parts: ServicePageParts): ServicePage {
  const { t } = req;
  const { record: { id, state, subject }, reading, form, commandId, corrected } = parts;
  const { facts } = state;
  const title = t(corrected ? 'records:service.correct' : 'records:service.title');
  const offered = servable(state, corrected);
  const options = <T extends string>(values: readonly T[], key: string, hint = false) =>
    values.map((value) => ({ value, label: t(`records:service.${key}.${value}`), ...(hint ? { hint: t(`records:service.meansHint.${value}`) } : {}) }));
  const documentsError = form.errors['documents'];
  const consentError = form.errors['consent'];
  const fields: Field[] = [
    {
      kind: 'checkboxes', name: 'documents', label: t('records:service.documents'), hint: t(corrected ? 'records:service.documentsNone' : 'records:service.documentsHint'), required: !corrected,
      options: options(offered, 'document'), values: valuesOf(form, 'documents'), ...(documentsError === undefined ? {} : { error: documentsError }),
    },
    { kind: 'radios', label: t('records:service.how'), required: true, options: options(serviceMeans, 'means', true), ...filled(form, 'means') },
    { kind: 'date', label: t('records:service.day'), hint: t('records:service.dayHint'), required: true, min: facts.decidedOn, max: reading.today, ...filled(form, 'issuedOn') },
    { kind: 'text', size: 'medium', autocomplete: 'off', label: t('records:service.receiverName'), hint: t('records:service.receiverHint'), unmarked: true, ...filled(form, 'receiverName') },
    { kind: 'select', label: t('records:service.receiverAs'), unmarked: true, options: options(receivers, 'receiver'), ...filled(form, 'receiverAs') },
    { kind: 'check', name: 'consent', label: t('records:service.consent'), value: 'yes', checked: valueOf(form, 'consent') !== '', ...(consentError === undefined ? {} : { error: consentError }) },
    { kind: 'textarea', rows: 3, limit: longestNote, label: t('records:service.note'), hint: t('records:service.noteHint'), unmarked: true, ...filled(form, 'note') },
    ...proofFields(req, parts),
    ...(corrected ? [{ kind: 'textarea' as const, rows: 2, limit: longestNote, label: t('records:service.reason'), hint: t('records:service.reasonHint'), required: true, ...filled(form, 'reason') }] : []),
  ];
  const back = `${listPath}/${id}`;
  return {
    page: { title, crumbs: [{ label: t('records:title'), href: listPath }, { label: facts.documentNo, href: back }, { label: title }] },
    heading: { title, number: facts.documentNo, lead: t('records:service.lead', { subject: subject.name }) },
    notices: corrected ? [{ tone: 'info', text: t('records:service.correcting', { documents: documentsInWords(corrected, t), how: howInWords(corrected, t) }) }] : [],
    errors: labelledSummary(form, fields, t),
    shell: { action: servicePath(id), upload: true, commandId, ...(corrected ? { hidden: { corrects: String(corrected.seq) } } : {}) },
    fields,
    send: { label: t(corrected ? 'records:service.sendCorrection' : 'records:service.send') },
    back: { href: back, label: t('ui:form.cancel') },
  };
}

/** Proof that has arrived, with what stands for it in the form that is shown again. */
export const ticketsOf = (files: Files, person: string, arrived: readonly FileRef[]): ServicePageParts['arrived'] => arrived.map((file) => ({ file, ticket: files.ticket(person, file) }));
