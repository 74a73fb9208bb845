import type { Request, Response, Router } from 'express';
import { actingAs } from '../../platform/casefile/acting.ts';
import { Refused, type CaseGateway } from '../../platform/casefile/gateway.ts';
import type { Files } from '../../platform/files.ts';
import { BadRequest, Forbidden, NotFound, Unavailable } from '../../platform/http/errors.ts';
import { uuid } from '../../platform/http/fields.ts';
import { readForm, refusedForm } from '../../platform/http/forms.ts';
import type { Notice } from '../../platform/http/view-models.ts';
import type { Ground } from '../../platform/http/feature.ts';
import type { ReadLaw } from '../../platform/law.ts';
import { casePath } from '../../platform/process-words.ts';
import type { Seal } from '../../platform/seal.ts';
import { sightOf, type Sight } from '../../platform/visibility.ts';
import { creditOfficeOf } from '../../rules/casefile/acts.ts';
import type { Act } from '../../rules/casefile/commands.ts';
import { filesIn } from '../../rules/casefile/fold.ts';
import { createWords, sayRefusal, type Words } from '../tasks/index.ts';
import { actPaths, actSchema, caseActs, relatableUnits, verdictOf, type CaseAct, type PostedAct } from './acts.ts';
import { sendDossier } from './dossier.ts';
import { existsCase, findCase, peopleOf, readRecord, type FoundCase } from './queries.ts';
import { recusedPersons } from './sections.ts';
import type { CaseView } from './view.ts';

/** A person before a case that he may see. */
interface AtCase extends FoundCase {
  person: Express.User;
  sight: Sight;
  words: Words;
}

interface Shown {
  posted?: PostedAct;
  notices?: readonly Notice[];
}

export interface CaseRoutesParts {
  readonly ground: Ground;
  readonly gateway: CaseGateway;
  readonly readLaw: ReadLaw;
  readonly files: Files;
  readonly seal: Seal;
}

/** The page of a case at `/:caseNo`, its files, and the acts on it as a whole. */
export function caseRoutes(router: Router, { ground, gateway, readLaw, files, seal }: CaseRoutesParts, view: CaseView): void {
  const { knex, clock, logger } = ground;

  /** @throws NotFound for a case that does not exist or that the person may not see; the latter is logged. */
  async function at(req: Request): Promise<AtCase> {
    const person = view.staffOf(req);
    const [law, units] = await Promise.all([readLaw(), ground.units.all()]);
    const sight = sightOf(person, units);
    const caseNo = String(req.params['caseNo']).toUpperCase();
    const found = await findCase(knex, seal, sight, view.kind, caseNo);
    if (!found) throw new NotFound({ refused: await existsCase(knex, caseNo) });
    req.viewed = { kind: 'caseViewed', about: caseNo };
    const unready = await files.unready(filesIn(found.state));
    return { ...found, person, sight, words: { ...createWords({ t: req.t, locale: req.locale, now: clock(), law, units }), unready } };
  }

  async function show(req: Request, res: Response, status: number, here: AtCase, { posted, notices = [] }: Shown = {}): Promise<void> {
    const { state } = here;
    const mayRecuse = verdictOf('recuse', here).allowed;
    const [record, people] = await Promise.all([readRecord(knex, state.id, here.reader), mayRecuse ? peopleOf(knex, relatableUnits(state)) : []]);
    const order = req.query['order'] === 'oldest' ? 'oldest' : 'newest';
    const page = await view.present({ ...here, record, people, order, posted: posted ?? null, notices, knex });
    res.status(status).render(view.template, page);
  }

  router.get('/:caseNo', async (req, res) => {
    await show(req, res, 200, await at(req));
  });

  /** Whoever reads the case as it was written may take it out as a whole. */
  router.get('/:caseNo/dossier.zip', async (req, res) => {
    const here = await at(req);
    if (here.reader) throw new Forbidden('cases:dossier.notYours');
    const record = await readRecord(knex, here.state.id, null);
    const { timeline } = await view.present({ ...here, record, people: [], order: 'oldest', posted: null, notices: [], knex });
    await sendDossier(req, res, { knex, files, publicUrl: ground.config.publicUrl, state: here.state, events: record.events, timeline, now: clock() });
  });

  router.get('/:caseNo/files/:hash', async (req, res) => {
    const { state } = await at(req);
    const file = filesIn(state).find(({ hash }) => hash === req.params.hash);
    if (!file) throw new NotFound();
    await files.send(res, file);
  });

  /** Sends an act on its way. False when the page was shown again, with what was typed, as it was refused or not recorded. */
  async function send(req: Request, res: Response, here: AtCase, commandId: string, act: Act, posted: PostedAct): Promise<boolean> {
    const { person, state } = here;
    const again = async (status: number, said: (words: Words) => Omit<Notice, 'tone'>): Promise<false> => {
      const now = await at(req);
      await show(req, res, status, now, { posted, notices: [{ tone: 'late', ...said(now.words) }] });
      return false;
    };
    try {
      await gateway.act(state.kind, state.id, { id: commandId, by: actingAs(person, creditOfficeOf(state)), act, seen: null, requestId: req.requestId, at: null });
      return true;
    } catch (error) {
      if (error instanceof Refused) return again(409, (words) => ({ title: req.t('cases:act.refused'), text: sayRefusal(error.said, words) }));
      if (!(error instanceof Unavailable)) throw error;
      if (error.recorded !== 'no') throw error.withPage(`/acts/${commandId}?case=${state.caseNo}`);
      logger.error({ requestId: req.requestId, err: error.cause ?? error }, 'an act was not recorded');
      res.set('Retry-After', '10');
      return again(503, () => ({ title: req.t('cases:act.notRecordedTitle'), text: req.t('cases:act.notRecorded') }));
    }
  }

  /** Who may be chosen in the form of an act. */
  async function choosable(act: CaseAct, { state }: AtCase): Promise<{ id: string; name: string }[]> {
    if (act === 'recuse') {
      const people = await peopleOf(knex, relatableUnits(state));
      return people.filter(({ id }) => !(id in state.recused));
    }
    return act === 'liftRecusal' ? recusedPersons(state, (await readRecord(knex, state.id, null)).events) : [];
  }

  for (const act of caseActs) {
    router.post(`/:caseNo/${actPaths[act]}`, async (req: Request, res: Response) => {
      const command = uuid.safeParse((req.body as Record<string, unknown>)['commandId']);
      if (!command.success) throw new BadRequest('errors:malformed');
      const here = await at(req);
      const read = readForm(actSchema(act, { state: here.state, people: await choosable(act, here) }), req.body, req.t);
      if (!read.ok) {
        const verdict = verdictOf(act, here);
        if (verdict.allowed) return show(req, res, 422, here, { posted: { act, form: read.form } });
        const notice: Notice = { tone: 'late', title: req.t('cases:act.refused'), text: sayRefusal(verdict.reason, here.words) };
        return show(req, res, 409, here, { posted: { act, form: read.form }, notices: [notice] });
      }
      if (!(await send(req, res, here, command.data, read.data, { act, form: refusedForm(req.body, {}) }))) return;
      req.flash({ tone: 'done', text: req.t(`cases:act.${act}.done`, 'person' in read.data ? { name: read.data.person.name } : {}) });
      // Who keeps himself out does not see the case any more.
      const gone = read.data.type === 'recuse' && read.data.person.person === here.person.id;
      res.redirect(303, gone ? view.listHref : casePath(view.kind, here.state.caseNo));
    });
  }
}
