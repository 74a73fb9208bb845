import type { Request } from 'express';
import { z } from 'zod';
import { acceptedEndings, mostFiles, type Files } from '../../platform/files.ts';
import { createFormat } from '../../platform/http/format.ts';
import type { Field } from '../../platform/http/view-models.ts';
import type { FileRef } from '../../rules/casefile/types.ts';
import type { Paper, PaperKind } from '../../rules/repair/facts.ts';

/** A paper that has arrived, of whichever form. */
export interface ArrivedPaper {
  readonly kind: PaperKind;
  readonly file: FileRef;
}

export interface Arrived {
  readonly papers: readonly ArrivedPaper[];
  /** By the name of the field. */
  readonly errors: Readonly<Record<string, string>>;
}

const tickets = z.preprocess((value) => (typeof value === 'string' ? [value] : value), z.array(z.string().max(2000)).max(mostFiles * 2)).catch([]);
const arrivedField = (kind: PaperKind): string => `arrived-${kind}`;

/** Papers sent now and before, and what was wrong with those sent now. Tickets open for this account alone. */
export async function receivePapers(req: Request, files: Files, account: string, kinds: readonly PaperKind[], megabytes: number): Promise<Arrived> {
  const body = req.body as Record<string, unknown>;
  const papers: ArrivedPaper[] = [];
  const errors: Record<string, string> = {};
  for (const kind of kinds) {
    const { files: received, faults } = await files.receive(req.uploads.filter(({ field }) => field === kind), megabytes, { req, account });
    const before = files.ofTickets(account, tickets.parse(body[arrivedField(kind)]));
    const all = [...before, ...received].filter((file, n, every) => every.findIndex((other) => other.hash === file.hash) === n);
    papers.push(...all.map((file) => ({ kind, file })));
    if (faults.length > 0) errors[kind] = faults.map(({ key, params }) => req.t(`files:fault.${key}`, params)).join(' ');
  }
  if (papers.length > mostFiles) errors[kinds[0] ?? ''] = req.t('files:fault.tooMany', { limit: mostFiles });
  return { papers: papers.slice(0, mostFiles), errors };
}

/** Needed in the case that their hint names: neither of the two marks fits. */
const inSomeCases: ReadonlySet<PaperKind> = new Set(['identity', 'authorisation']);

/** The fields of the papers: what has arrived stands ticked above the field for more. */
export function paperFields(
  { t, locale }: Pick<Request, 't' | 'locale'>,
  { files, account, kinds, required, papers, errors, megabytes }: {
    files: Files; account: string; kinds: readonly PaperKind[]; required: readonly PaperKind[]; papers: readonly ArrivedPaper[]; errors: Readonly<Record<string, string>>; megabytes: number;
  },
): Field[] {
  const format = createFormat(locale);
  return kinds.flatMap((kind, n): Field[] => {
    const arrived = papers.filter((paper) => paper.kind === kind).map(({ file }) => ({ file, ticket: files.ticket(account, file) }));
    const error = errors[kind];
    return [
      ...(arrived.length === 0 ? [] : [{
        kind: 'checkboxes' as const, name: arrivedField(kind), label: t('portal:papers.arrived', { what: t(`portal:papers.${kind}`) }), required: true,
        values: arrived.map(({ ticket }) => ticket),
        options: arrived.map(({ ticket, file }) => ({ value: ticket, label: file.name, hint: format.bytes(file.bytes) })),
      }]),
      {
        kind: 'file' as const, name: kind, label: t(`portal:papers.${kind}`), hint: t(`portal:papers.hint.${kind}`), multiple: true, accept: acceptedEndings.join(','),
        // The same for all of them: said once.
        ...(n === 0 ? { limits: t('files:limits', { limit: megabytes }) } : {}), required: required.includes(kind), ...(inSomeCases.has(kind) ? { unmarked: true } : {}), ...(error === undefined ? {} : { error }),
      },
    ];
  });
}

/** As a case names them. */
export const papersOf = (arrived: readonly ArrivedPaper[]): { papers: Paper[]; files: FileRef[] } => ({
  papers: arrived.map(({ kind, file }) => ({ kind, hash: file.hash })),
  files: arrived.map(({ file }) => file).filter((file, n, all) => all.findIndex(({ hash }) => hash === file.hash) === n),
});
