import type { Request, Response } from 'express';
import { actingAs } from '../../platform/casefile/acting.ts';
import { Refused } from '../../platform/casefile/gateway.ts';
import { NotFound, Unavailable } from '../../platform/http/errors.ts';
import type { Ground } from '../../platform/http/feature.ts';
import type { Notice } from '../../platform/http/view-models.ts';
import { creditOfficeOf } from '../../rules/casefile/acts.ts';
import { filesIn } from '../../rules/casefile/fold.ts';
import type { Act } from '../../rules/casefile/commands.ts';
import type { Posted } from './act-panels.ts';
import { pageOf } from './page-of.ts';
import { deskOf, type Desk, type TasksParts } from './parts.ts';
import { sayRefusal } from './said.ts';
import type { OpenedStage } from './stage-form.ts';
import { presentTask } from './task-presenter.ts';
import { existsTask, findTask, readColleagues, readTalk, type FoundTask } from './task-queries.ts';

/** A person before a task that he may see. */
export interface AtTask {
  readonly desk: Desk;
  readonly found: FoundTask;
}

export interface Shown {
  readonly posted?: Posted;
  readonly notices?: readonly Notice[];
  /** Opened for what was posted, so that nothing is looked up twice. */
  readonly stage?: OpenedStage<object>;
}

export interface DeskWork {
  /** @throws NotFound for a task that does not exist or that the person may not see; the latter is logged. */
  at(req: Request): Promise<AtTask>;
  openStage(at: AtTask): Promise<OpenedStage<object>>;
  /** Renders the page of the task. */
  show(req: Request, res: Response, status: number, at: AtTask, shown?: Shown): Promise<void>;
  /**
   * Sends an act on its way. True when the file has it. When the case refuses it (409), or it was not recorded (503),
   * the page says so, with everything typed in it, and false is returned.
   */
  send(req: Request, res: Response, at: AtTask, of: { commandId: string; seen: number | null; act: Act; posted: Posted | null }): Promise<boolean>;
}

/** What every route of a task begins and ends with. */
export function createDeskWork(ground: Ground, parts: TasksParts): DeskWork {
  const { knex, config, logger } = ground;
  const { gateway, pages, seal } = parts;

  async function at(req: Request): Promise<AtTask> {
    const desk = await deskOf(req, ground, parts);
    const slug = String(req.params['slug']).toUpperCase();
    const found = await findTask(knex, seal, desk.sight, slug);
    if (!found) throw new NotFound({ refused: await existsTask(knex, slug) });
    req.viewed = { kind: 'caseViewed', about: found.state.caseNo };
    const unready = await parts.files.unready(filesIn(found.state));
    return { desk: { ...desk, words: { ...desk.words, unready } }, found };
  }

  async function openStage({ desk, found }: AtTask): Promise<OpenedStage<object>> {
    const { state, task, reader } = found;
    return pageOf(pages[state.kind], task.stage).open({
      words: desk.words, law: desk.law, sight: desk.sight, knex, seal, publicUrl: config.publicUrl, state, task, reader,
    });
  }

  async function show(req: Request, res: Response, status: number, here: AtTask, shown: Shown = {}): Promise<void> {
    const { desk, found } = here;
    const { task } = found;
    const posted = shown.posted ?? null;
    const needsStage = task.status === 'open' || posted?.act === 'complete';
    const [talk, colleagues, stage] = await Promise.all([
      readTalk(knex, found),
      task.status === 'open' ? readColleagues(knex, task.audience.unit, task.audience.role) : [],
      needsStage ? (shown.stage ?? openStage(here)) : null,
    ]);
    res.status(status).render('tasks/show', presentTask({ found, desk, pages, talk, colleagues, stage, posted, notices: shown.notices ?? [] }));
  }

  async function send(req: Request, res: Response, here: AtTask, of: { commandId: string; seen: number | null; act: Act; posted: Posted | null }): Promise<boolean> {
    const { desk: { person }, found } = here;
    const { state, task } = found;
    const by = actingAs(person, task.audience.unit, creditOfficeOf(state));
    const again = of.posted ? { posted: of.posted } : {};
    try {
      await gateway.act(state.kind, state.id, { id: of.commandId, by, act: of.act, seen: of.seen, requestId: req.requestId, at: null });
      return true;
    } catch (error) {
      if (error instanceof Refused) {
        // As it stands now: somebody else was quicker, or the page was old.
        const now = await at(req);
        const notice: Notice = { tone: 'late', title: req.t('tasks:refused.title'), text: sayRefusal(error.said, now.desk.words, { kind: state.kind, stage: task.stage }) };
        await show(req, res, 409, now, { ...again, notices: [notice] });
        return false;
      }
      if (error instanceof Unavailable && error.recorded === 'no') {
        // The command was given up for good; the form is shown again with a new one.
        logger.error({ requestId: req.requestId, err: error.cause ?? error }, 'an act was not recorded');
        res.set('Retry-After', '10');
        const notice: Notice = { tone: 'late', title: req.t('tasks:notRecorded.title'), text: req.t('tasks:notRecorded.text') };
        await show(req, res, 503, await at(req), { ...again, notices: [notice] });
        return false;
      }
      throw error instanceof Unavailable ? error.withPage(`/acts/${of.commandId}?task=${found.slug}`) : error;
    }
  }

  return { at, openStage, show, send };
}
