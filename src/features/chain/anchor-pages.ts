import { Router, type Request } from 'express';
import { latestAnchors, type Anchor } from '../../platform/anchor/take.ts';
import type { Ground } from '../../platform/http/feature.ts';
import { createMoments } from '../../platform/http/moments.ts';
import type { DataTable, Heading, Page } from '../../platform/http/view-models.ts';
import { anchorsPath } from '../../platform/public-paths.ts';

/** So many days are shown and given as JSON; whoever wants older ones has them in his mail. */
const mostShown = 100;

interface AnchorsView {
  page: Page;
  heading: Heading;
  table: DataTable;
  file: { href: string; label: string };
}

function presentAnchors({ t }: Pick<Request, 't'>, anchors: readonly Anchor[]): AnchorsView {
  const moments = createMoments(t);
  const title = t('chain:anchor.title');
  return {
    page: { title, crumbs: [{ label: t('public:home.title'), href: '/public' }, { label: title }], width: 'full' },
    heading: { title, lead: t('chain:anchor.lead') },
    table: {
      caption: title,
      columns: [
        { key: 'day', label: t('chain:anchor.day'), line: 1, tight: true },
        { key: 'root', label: t('chain:anchor.root'), line: 2 },
        { key: 'hash', label: t('chain:anchor.by'), line: 3, tight: true },
        { key: 'size', label: t('chain:anchor.size'), align: 'end', line: 3, named: true },
      ],
      rows: anchors.map(({ number, day, size, root, hash }) => ({
        id: String(number),
        cells: {
          day: { kind: 'when', when: moments.day(day) },
          root: root.toString('hex'),
          hash: t(`chain:anchor.hash.${hash}`),
          size: { kind: 'number', text: String(size) },
        },
      })),
      empty: { title: t('chain:anchor.none') },
    },
    file: { href: `${anchorsPath}.json`, label: t('chain:anchor.json') },
  };
}

/** The roots of the last days, for everybody to keep a copy of. */
export function anchorRoutes({ knex }: Pick<Ground, 'knex'>): Router {
  const router = Router();
  router.get('/', async (req, res) => {
    res.render('chain/anchors', presentAnchors(req, await latestAnchors(knex, mostShown)));
  });
  return router;
}

/** The same as JSON. */
export function anchorFileRoutes({ knex }: Pick<Ground, 'knex'>): Router {
  const router = Router();
  router.get('/', async (_req, res) => {
    const anchors = await latestAnchors(knex, mostShown);
    res.json({ anchors: anchors.map(({ root, takenAt, ...anchor }) => ({ ...anchor, takenAt: takenAt.toISOString(), root: root.toString('hex') })) });
  });
  return router;
}
