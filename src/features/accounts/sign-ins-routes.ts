import { Router, type Request } from 'express';
import type { Knex } from 'knex';
import { NotFound } from '../../platform/http/errors.ts';
import type { Ground } from '../../platform/http/feature.ts';
import { createMoments } from '../../platform/http/moments.ts';
import { endSessions, type EndedHow, type Shown } from '../../platform/http/sign-ins.ts';
import type { Cell, DataTable } from '../../platform/http/view-models.ts';
import { me } from './settings-routes.ts';

const HOME = '/settings/sign-ins';
/** Older ones are with the audit administrator's log. */
const SHOWN = 50;

interface SignInRow {
  id: string;
  at: Date;
  address: string;
  user_agent: string;
  way: Shown['way'];
  second: Shown['second'];
  sid: string | null;
  ended_at: Date | null;
  ended_how: EndedHow | 'signedOut' | null;
  open: boolean;
}

const READ = `
  select i.id, i.at, i.address, i.user_agent, i.way, i.second, i.sid, i.ended_at, i.ended_how,
         i.ended_at is null and s.sid is not null as open
  from sign_in i left join session s on s.sid = i.sid and s.person_id = i.person_id and s.expire > now()
  where i.person_id = ? order by i.at desc, i.id limit ${SHOWN}`;

const BROWSERS: readonly (readonly [RegExp, string])[] = [
  [/MicroMessenger/, 'WeChat'], [/Edg(?:e|A|iOS)?\//, 'Edge'], [/QQBrowser/, 'QQ'], [/OPR\//, 'Opera'], [/Firefox\//, 'Firefox'], [/Chrom(?:e|ium)\//, 'Chrome'], [/Safari\//, 'Safari'],
];
const SYSTEMS: readonly (readonly [RegExp, string])[] = [
  [/HarmonyOS|OpenHarmony/, 'HarmonyOS'], [/Android/, 'Android'], [/iPhone|iPad/, 'iOS'], [/Windows/, 'Windows'], [/Mac OS X/, 'macOS'], [/UOS|Kylin/, 'Kylin/UOS'], [/Linux/, 'Linux'],
];

/** The browser and its system, as far as it says; its own words otherwise. */
function browserInWords(agent: string): string {
  const said = [BROWSERS, SYSTEMS].map((list) => list.find(([pattern]) => pattern.test(agent))?.[1]).filter((one) => one !== undefined);
  return said.length > 0 ? said.join(' · ') : agent.slice(0, 40);
}

const wayInWords = (req: Request, { way, second }: SignInRow): string =>
  [req.t(`security:way.${way}`), ...(second === null ? [] : [req.t(`security:second.${second}`)])].join(' + ');

function stateCell(req: Request, row: SignInRow): Cell {
  if (row.sid === req.sessionID) return { kind: 'badge', badge: { label: req.t('security:signIns.here'), tone: 'done' } };
  if (row.open) return { kind: 'badge', badge: { label: req.t('security:signIns.open'), tone: 'soon' } };
  return req.t(`security:signIns.state.${row.ended_how ?? 'expired'}`);
}

function tableOf(req: Request, rows: readonly SignInRow[]): DataTable {
  const moments = createMoments(req.t);
  const canBeEnded = (row: SignInRow): boolean => row.open && row.sid !== req.sessionID;
  return {
    caption: req.t('security:signIns.title'),
    columns: [
      { key: 'at', label: req.t('security:signIns.at'), line: 1, tight: true },
      { key: 'address', label: req.t('security:signIns.address'), line: 2, named: true, tight: true },
      { key: 'browser', label: req.t('security:signIns.browser'), line: 2 },
      { key: 'way', label: req.t('security:signIns.way'), line: 3 },
      { key: 'state', label: req.t('security:signIns.stateLabel'), line: 1, tight: true },
      ...(rows.some(canBeEnded) ? [{ key: 'acts', label: req.t('accounts:acts'), line: 3 } as const] : []),
    ],
    rows: rows.map((row) => ({
      cells: {
        at: { kind: 'when', when: moments.tableTime(row.at) },
        address: row.address === '' ? { kind: 'none' } : row.address,
        browser: row.user_agent === '' ? { kind: 'none' } : browserInWords(row.user_agent),
        way: wayInWords(req, row),
        state: stateCell(req, row),
        acts: canBeEnded(row)
          ? { kind: 'acts', acts: [{ action: `${HOME}/${row.id}/end`, button: { label: req.t('security:signIns.end') } }] }
          : { kind: 'none' },
      },
    })),
    empty: { title: req.t('security:signIns.none') },
  };
}

const read = async (knex: Knex, personId: string): Promise<SignInRow[]> => (await knex.raw<{ rows: SignInRow[] }>(READ, [personId])).rows;

/** One's own sign-ins, each of which can be ended. Mounted at `/settings/sign-ins`. */
export function signInsRoutes({ knex, accessLog }: Ground): Router {
  const router = Router();

  router.get('/', async (req, res) => {
    const title = req.t('security:signIns.title');
    res.render('accounts/list', {
      page: { title, width: 'full', crumbs: [{ label: req.t('accounts:settings.title'), href: '/settings' }, { label: title }] },
      heading: { title, lead: req.t('security:signIns.lead') },
      table: tableOf(req, await read(knex, me(req).id)),
    });
  });

  router.post('/:id/end', async (req, res) => {
    const row = (await read(knex, me(req).id)).find(({ id }) => id === req.params['id']);
    if (!row) throw new NotFound();
    if (row.open) {
      await knex.transaction(async (trx) => {
        await endSessions(trx, me(req).id, { how: 'ended', req, keepOwn: true, only: [row.id] });
        await accessLog.record(req, { kind: 'sessionEnded', subjectId: me(req).id, detail: { address: row.address, at: row.at } }, trx);
      });
    }
    req.flash({ tone: 'done', text: req.t('security:signIns.ended') });
    res.redirect(303, HOME);
  });

  return router;
}
