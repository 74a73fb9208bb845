import { Router, type Request } from 'express';
import { z } from 'zod';
import type { Ground } from '../../platform/http/feature.ts';
import { createMoments } from '../../platform/http/moments.ts';
import { withQuery } from '../../platform/http/paths.ts';
import { onlyFor } from '../../platform/http/sign-in-wall.ts';
import type { DataTable, FilterBar } from '../../platform/http/view-models.ts';
import { mayAdminister } from '../../rules/people.ts';
import { alertInWords, alertKinds, ALERTS_PATH, readAlerts, type Alert, type AlertKind } from './alerts.ts';

const LIST = 'alerts';
const PAGE_SIZE = 50;

function filterBar(req: Request, kind: AlertKind | ''): FilterBar {
  return {
    action: ALERTS_PATH,
    fields: [{ kind: 'select', name: 'kind', label: req.t('accounts:log.kindLabel'), value: kind, blank: req.t('accounts:log.everyKind'), options: alertKinds.map((value) => ({ value, label: req.t(`accounts:alert.kind.${value}`) })) }],
    ...(kind === '' ? {} : { clearHref: ALERTS_PATH }),
  };
}

function tableOf(req: Request, alerts: readonly Alert[]): DataTable {
  const { t } = req;
  const moments = createMoments(t);
  return {
    caption: t('accounts:alert.title'),
    columns: [
      { key: 'at', label: t('accounts:log.at'), line: 1, tight: true },
      { key: 'kind', label: t('accounts:log.kindLabel'), line: 1, tight: true },
      { key: 'what', label: t('accounts:alert.what'), line: 2 },
      { key: 'mailed', label: t('accounts:alert.mailed'), line: 3, named: true, tight: true },
    ],
    rows: alerts.map((alert) => ({
      cells: {
        at: { kind: 'when', when: moments.tableTime(alert.at) },
        kind: { kind: 'badge', badge: { label: t(`accounts:alert.kind.${alert.kind}`), tone: alert.kind === 'reset' ? 'plain' : 'late' } },
        what: alertInWords(t, alert),
        mailed: alert.mailedAt === null ? t('accounts:alert.collecting') : { kind: 'when', when: moments.tableTime(alert.mailedAt) },
      },
    })),
    empty: { title: t('accounts:alert.none') },
  };
}

/** What the security administrator has been alerted to: mounted at `/admin/alerts`. */
export function alertRoutes({ knex, cursors }: Ground): Router {
  const router = Router();
  router.get('/', onlyFor((person) => mayAdminister(person, 'viewAlerts')), async (req, res) => {
    const kind = alertKinds.find((one) => one === req.query['kind']) ?? '';
    const before = cursors.decode(LIST, req.query['after'], z.number().int().positive());
    const alerts = await readAlerts(knex, { kind, before }, PAGE_SIZE + 1);
    const shown = alerts.slice(0, PAGE_SIZE);
    const last = shown.at(-1);
    res.render('accounts/list', {
      page: { title: req.t('accounts:alert.title'), width: 'full' },
      heading: { title: req.t('accounts:alert.title'), lead: req.t('accounts:alert.lead') },
      filter: filterBar(req, kind),
      table: tableOf(req, shown),
      pager: {
        text: req.t('accounts:log.shown', { count: shown.length }),
        ...(alerts.length > PAGE_SIZE && last ? { nextHref: withQuery(req.originalUrl, { after: cursors.encode(LIST, last.id) }) } : {}),
        ...(before === undefined ? {} : { firstHref: withQuery(req.originalUrl, { after: null }) }),
      },
    });
  });
  return router;
}
