import type { Request } from 'express';
import type { Button, Crumb, ErrorSummary, Facts, Field, FormShell, Heading, Link, Notice, Page } from '../../platform/http/view-models.ts';
import { labelledSummary, newForm, type Form } from '../../platform/http/forms.ts';
import { portalPath } from './parts.ts';

/** A page with one form, or with none where there is only something to say. */
export interface FormPage {
  page: Page;
  heading: Heading;
  notices: Notice[];
  /** What stands in the register, above the form. */
  facts: Facts | null;
  errors: ErrorSummary;
  shell: FormShell | null;
  fields: Field[];
  buttons: { primary: Button; others?: Button[]; cancel?: Link } | null;
  links: Link[];
}

interface FormPageParts {
  title: string;
  lead?: string;
  crumbs?: Crumb[];
  notices?: Notice[];
  facts?: Facts;
  form?: Form;
  shell?: FormShell;
  fields?: Field[];
  button?: Button;
  others?: Button[];
  cancel?: Link;
  /** What is needed while the form is filled in, above it. */
  tools?: Link[];
  links?: Link[];
}

/** The way from the visitor's own page to this one. */
export const crumbsOf = ({ t }: Pick<Request, 't'>, ...more: Crumb[]): Crumb[] => [{ label: t('portal:title'), href: portalPath }, ...more];

export function formPage({ t }: Pick<Request, 't'>, of: FormPageParts): FormPage {
  const fields = of.fields ?? [];
  return {
    page: { title: of.title, ...(of.crumbs ? { crumbs: of.crumbs } : {}) },
    heading: { title: of.title, ...(of.lead === undefined ? {} : { lead: of.lead }), ...(of.tools ? { links: of.tools } : {}) },
    notices: of.notices ?? [],
    facts: of.facts ?? null,
    errors: labelledSummary(of.form ?? newForm(), fields, t),
    shell: of.shell ?? null,
    fields,
    buttons: of.button ? { primary: of.button, ...(of.others ? { others: of.others } : {}), ...(of.cancel ? { cancel: of.cancel } : {}) } : null,
    links: of.links ?? [],
  };
}
