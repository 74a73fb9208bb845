import { Router, type Request } from 'express';
import { NotFound } from '../../platform/http/errors.ts';
import type { Ground } from '../../platform/http/feature.ts';
import { createMoments } from '../../platform/http/moments.ts';
import { onlyFor } from '../../platform/http/sign-in-wall.ts';
import { STALE_CLAIM_MS } from '../../platform/mail/delivery.ts';
import { requeueMails } from '../../platform/mail/outbox.ts';
import { hasRole, type Person } from '../../rules/people.ts';
import { LOG } from './filter-bar.ts';
import { readFilter, readIds } from './forms.ts';
import { presentLog, presentMail, presentResend, type Reading } from './presenter.ts';
import { createMailQueries, isMailStatus, position, type LoggedMail, type MailPage, type WholeMail } from './queries.ts';

const CURSOR = 'mail';
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The letter as it was sent, alone in its page: nothing is loaded, nothing runs, and it is shown in no frame. */
const LETTER_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox allow-popups";

export interface MailLogParts {
  /** Starts the delivery of mails that were put back into the queue. @throws when that cannot be done now. */
  redeliver(ids: readonly string[]): Promise<void>;
}

type Holder = Pick<Person, 'roles'>;

/** The mail log is read by the system and the audit administrator, and worked with by the former. */
export const mayReadMail = (person: Holder): boolean => hasRole(person, 'systemAdmin') || hasRole(person, 'auditAdmin');
export const maySendMail = (person: Holder): boolean => hasRole(person, 'systemAdmin');

const noMails: MailPage = { mails: [], previous: null, next: null, total: 0 };

/** The mail log: what was written, what became of it, and sending again what did not arrive. */
export function mailRoutes(ground: Ground, { redeliver }: MailLogParts): Router {
  const { knex, config, i18n, logger, clock, cursors, accessLog } = ground;
  const queries = createMailQueries(knex, STALE_CLAIM_MS);
  const router = Router();
  router.use(onlyFor(mayReadMail));

  const reading = (req: Request): Reading => ({
    t: req.t,
    locale: req.locale,
    known: i18n.has,
    maySend: req.user !== undefined && maySendMail(req.user),
  });

  /** A mail that is read leaves a line in the access log: its text may tell of people. */
  async function readMail(req: Request): Promise<WholeMail> {
    const id = String(req.params['id']);
    const mail = UUID.test(id) ? await queries.find(id) : undefined;
    if (!mail) throw new NotFound();
    await accessLog.record(req, { kind: 'mailViewed', subjectId: mail.id, detail: { caseNo: mail.caseNo, template: mail.template } });
    req.viewed = null;
    return mail;
  }

  router.get('/', async (req, res) => {
    const { filter, form } = readFilter(req.query, req.t);
    const from = cursors.decode(CURSOR, req.query['at'], position) ?? null;
    const today = createMoments(req.t).table(clock()).text;
    const [found, counts] = await Promise.all([
      filter === null ? noMails : queries.list(filter, from),
      queries.counts(new Date(`${today}T00:00:00+08:00`)),
    ]);
    const cursorOf = (at: unknown): string => cursors.encode(CURSOR, at);
    res.status(filter === null ? 422 : 200).render('mail/log', presentLog({ found, filter, form, counts, today, cursorOf }, reading(req)));
  });

  router.get('/resend', onlyFor(maySendMail), async (req, res) => {
    res.render('mail/resend', presentResend(await asked(req), reading(req)));
  });

  /** The mails chosen by their boxes, or all of a state that is safe to send as a whole. */
  async function asked({ query }: Request): Promise<LoggedMail[]> {
    const status = query['status'];
    if (isMailStatus(status) && (status === 'failed' || status === 'queued')) return queries.oldest(status);
    return queries.resendable(readIds(query['id']));
  }

  router.post('/resend', onlyFor(maySendMail), async (req, res) => {
    const ids = readIds((req.body as { ids?: unknown }).ids);
    const queued = ids.length === 0 ? [] : await requeueMails(knex, ids, STALE_CLAIM_MS);
    for (const id of queued) await accessLog.record(req, { kind: 'mailResent', subjectId: id });
    if (queued.length > 0) {
      try {
        await redeliver(queued);
        req.flash({ tone: 'done', text: req.t('mail:resend.done', { count: queued.length }) });
      } catch (error) {
        logger.error({ err: error, mails: queued.length }, 'delivery could not be started');
        req.flash({ tone: 'late', text: req.t('mail:resend.notStarted', { count: queued.length }) });
      }
    }
    const left = ids.length - queued.length;
    if (left > 0 || ids.length === 0) req.flash({ tone: 'soon', text: left > 0 ? req.t('mail:resend.left', { count: left }) : req.t('mail:resend.nothing') });
    res.redirect(ids.length === 1 ? `${LOG}/${ids[0]}` : LOG);
  });

  router.get('/:id', async (req, res) => {
    res.render('mail/show', presentMail(await readMail(req), config.mailFrom, reading(req)));
  });

  router.get('/:id/html', async (req, res) => {
    const mail = await readMail(req);
    res.set({ 'Content-Security-Policy': LETTER_POLICY, 'Cache-Control': 'no-store' }).type('html').send(mail.html);
  });

  return router;
}
