import { pipeline } from 'node:stream/promises';
import type { Request, Response } from 'express';
import type { Knex } from 'knex';
import type { ChainedEvent } from '../../platform/chain.ts';
import { anchorOfCase, type DossierProof } from '../../platform/dossier/proof.ts';
import { packDossier } from '../../platform/dossier/pack.ts';
import { cleanName, contentDisposition, type Files } from '../../platform/files.ts';
import { createMoments } from '../../platform/http/moments.ts';
import type { Facts, Timeline, TimelineEntry } from '../../platform/http/view-models.ts';
import { anchorsPath } from '../../platform/public-paths.ts';
import { filesIn, isClosed } from '../../rules/casefile/fold.ts';
import type { CaseState, FileRef } from '../../rules/casefile/types.ts';

export interface DossierParts {
  readonly knex: Knex;
  readonly files: Files;
  /** Address of the site, which links lead to. */
  readonly publicUrl: string;
  readonly state: CaseState;
  readonly events: readonly ChainedEvent[];
  /** As the page of the case shows it, the oldest first. */
  readonly timeline: Timeline;
  readonly now: Date;
}

interface DossierPage {
  title: string;
  lead: string;
  facts: Facts;
  timeline: Timeline;
  files: readonly { href: string; name: string; sha256: string }[];
  proof: { steps: readonly string[]; facts: Facts | null };
}

/** Each content once, under a name that is safe in an archive. */
function filed(state: CaseState): Map<string, { file: FileRef; path: string }> {
  const found = new Map<string, { file: FileRef; path: string }>();
  for (const file of filesIn(state)) {
    if (!found.has(file.hash)) found.set(file.hash, { file, path: `files/${String(found.size + 1).padStart(2, '0')} ${cleanName(file.name)}` });
  }
  return found;
}

const line = (term: string, text: string): Facts['items'][number] => ({ term, value: text });

/** Outside of the house its files lie beside it, and other links lead there. */
const handedOut = ({ files, links, ...entry }: TimelineEntry, { publicUrl }: DossierParts, of: ReturnType<typeof filed>): TimelineEntry => ({
  ...entry,
  ...(files ? { files: files.map((file) => ({ ...file, href: encodeURI(of.get(file.href?.split('/').at(-1) ?? '')?.path ?? '') })) } : {}),
  ...(links ? { links: links.map((link) => ({ ...link, href: new URL(link.href, publicUrl).href })) } : {}),
});

function presentPage(req: Request, parts: DossierParts, proof: DossierProof, files: ReturnType<typeof filed>): DossierPage {
  const { t } = req;
  const { state, events, timeline, publicUrl } = parts;
  const moments = createMoments(t);
  const { anchor } = proof;
  const command = `npx xinzhi dossier ${state.caseNo}.zip${anchor ? ` --root ${anchor.root}` : ''}`;
  return {
    title: state.title,
    lead: t('cases:dossier.lead', { when: moments.dayTime(new Date(proof.exportedAt)).text }),
    facts: {
      items: [
        line(t('cases:dossier.caseNo'), state.caseNo),
        line(t('common:column.step'), t(isClosed(state) ? 'common:case.closed' : 'common:case.open')),
        line(t('cases:dossier.opened'), moments.dayTime(new Date(state.openedAt)).text),
        ...state.closings.slice(-1).map(({ at }) => line(t('cases:dossier.closed'), moments.dayTime(new Date(at)).text)),
        line(t('cases:dossier.events'), String(events.length)),
      ],
    },
    timeline: { ...timeline, groups: timeline.groups.map((group) => ({ ...group, entries: group.entries.map((entry) => handedOut(entry, parts, files)) })) },
    files: [...files].map(([sha256, { file, path }]) => ({ href: encodeURI(path), name: file.name, sha256 })),
    proof: {
      steps: anchor
        ? [t('cases:dossier.proof.events'), t('cases:dossier.proof.command', { command }), t('cases:dossier.proof.compare', { day: anchor.day, address: new URL(anchorsPath, publicUrl).href })]
        : [t('cases:dossier.proof.none')],
      facts: anchor && {
        items: [
          line(t('chain:anchor.day'), anchor.day), line(t('chain:anchor.root'), anchor.root), line(t('chain:anchor.by'), t(`chain:anchor.hash.${anchor.hash}`)),
          line(t('cases:dossier.proof.digest'), anchor.leaf.digest), line(t('cases:dossier.proof.covered'), t('cases:dossier.proof.coveredOf', { covered: proof.events, all: events.length })),
        ],
      },
    },
  };
}

/** Sends the case as an archive: a page to be read, its events, its files, and the way to the last root (卷宗). */
export async function sendDossier(req: Request, res: Response, parts: DossierParts): Promise<void> {
  const { knex, files: stored, state, events, now } = parts;
  const anchor = await anchorOfCase(knex, state.id);
  const files = filed(state);
  const covered = anchor?.leaf.seq ?? 0;
  const proof: DossierProof = {
    format: 'xinzhi-dossier-1',
    case: { id: state.id, number: state.caseNo, title: state.title },
    exportedAt: now.toISOString(),
    events: covered,
    since: events.length - covered,
    anchor,
    files: [...files].map(([sha256, { file, path }]) => ({ path, name: file.name, sha256 })),
  };
  const page = await new Promise<string>((done, failed) => {
    res.render('cases/dossier', presentPage(req, parts, proof, files), (error: Error | null, html: string) => (error ? failed(error) : done(html)));
  });
  res.set({ 'Content-Type': 'application/zip', 'Content-Disposition': contentDisposition('attachment', `${state.caseNo}.zip`), 'Cache-Control': 'no-store' });
  await pipeline(packDossier({ proof, events, page, files: [...files.values()].map(({ file, path }) => ({ path, open: async () => (await stored.open(file)).content })) }), res);
}
