import { Router, type Request, type Response } from 'express';
import type { z } from 'zod';
import { mostFiles } from '../../platform/files.ts';
import type { Ground } from '../../platform/http/feature.ts';
import { readForm, refusedForm, type Form } from '../../platform/http/forms.ts';
import { KEPT_PARAMETER } from '../../platform/http/kept-form-pages.ts';
import { processWords } from '../../platform/process-words.ts';
import { creditOfficeOf, may } from '../../rules/casefile/acts.ts';
import type { Act } from '../../rules/casefile/commands.ts';
import { standingOf } from '../../rules/casefile/deadline.ts';
import { actPath, eligible, groundsAllowed, megabytes, mostExtension, reaches, standingKey, type BesideAct } from './act-panels.ts';
import { createDeskWork, type AtTask, type DeskWork } from './desk-work.ts';
import { commentForm, extensionForm, readCommandId, readIdentity, reassignForm, releaseForm, resumptionForm, superviseForm, suspensionForm, urgeForm } from './forms.ts';
import { keptOf } from './kept.ts';
import { landingAfter, sentences } from './next.ts';
import type { TasksParts } from './parts.ts';
import { sayRefusal } from './said.ts';
import { readColleagues } from './task-queries.ts';

/** The pages of a task and every act on it: `/tasks/:slug`. */
export function taskRoutes(ground: Ground, parts: TasksParts): Router {
  const router = Router();
  const work = createDeskWork(ground, parts);
  router.get('/:slug', async (req, res) => {
    const here = await work.at(req);
    const kept = req.query[KEPT_PARAMETER];
    const posted = typeof kept === 'string' ? keptOf(here.found.slug, await ground.keptForms.find(req, here.desk.person.id, kept)) : undefined;
    await work.show(req, res, 200, here, posted ? { posted } : {});
  });
  completing(router, ground, parts, work);
  claiming(router, work);
  besides(router, ground, work);
  attaching(router, parts, work);
  return router;
}

const hasErrors = (form: Form): boolean => Object.keys(form.errors).length > 0;

/** The outcome of the task. */
function completing(router: Router, { knex }: Ground, { pages }: TasksParts, work: DeskWork): void {
  router.post('/:slug/complete', async (req, res) => {
    const { commandId, seen } = readIdentity(req.body);
    const here = await work.at(req);
    const { found: { state, task }, desk } = here;
    const stage = await work.openStage(here);
    const read = await stage.read(req.body);
    if ('again' in read) {
      const verdict = may('complete', desk.person, state, { task }, desk.words.now.toISOString());
      const posted = { act: 'complete' as const, form: read.again };
      if (verdict.allowed) return work.show(req, res, hasErrors(read.again) ? 422 : 200, here, { posted, stage });
      const notice = { tone: 'late' as const, title: req.t('tasks:refused.title'), text: sayRefusal(verdict.reason, desk.words, { kind: state.kind, stage: task.stage }) };
      return work.show(req, res, 409, here, { posted, stage, notices: [notice] });
    }
    const { outcome, form, say } = read;
    const act: Act = { type: 'complete', task: task.id, outcome, form: form as Record<string, unknown> };
    const posted = { act: 'complete' as const, form: refusedForm(req.body, {}) };
    if (!(await work.send(req, res, here, { commandId, seen, act, posted }))) return;
    const said = req.t(processWords.done(state.kind, task.stage, outcome), { ...say });
    const { href, notice } = await landingAfter(knex, desk, { task, state, kind: pages[state.kind], said });
    req.flash(notice);
    res.redirect(303, href);
  });
}

/** Claiming needs no form: a button on the task's page, or in a list of what can be claimed. */
function claiming(router: Router, work: DeskWork): void {
  router.post('/:slug/claim', async (req, res) => {
    const commandId = readCommandId(req.body);
    const here = await work.at(req);
    const { found: { task, slug }, desk: { words } } = here;
    if (!(await work.send(req, res, here, { commandId, seen: null, act: { type: 'claim', task: task.id }, posted: null }))) return;
    const by = task.deadline ? req.t('tasks:act.claimedUntil', { when: words.moments.shortTime(new Date(task.deadline.at), words.now).text }) : '';
    req.flash({ tone: 'done', text: sentences(words, req.t('acts:done.claim'), by) });
    res.redirect(303, `/tasks/${slug}`);
  });
}

/** What an act of the page takes, does and says. */
interface Beside<T> {
  /** The schema of its fields, for this task and person. */
  schema(at: AtTask): z.ZodType<T, unknown> | Promise<z.ZodType<T, unknown>>;
  act(data: T, at: AtTask): Act | Promise<Act>;
  /** Whether the version that the person saw matters to it. */
  looksAtVersion?: boolean;
  said(data: T, at: AtTask, act: Act): string;
  /** Where it lands; on the page of the task when absent. */
  href?: string;
}

function besides(router: Router, { knex }: Ground, work: DeskWork): void {
  const colleagues = ({ found }: AtTask) => readColleagues(knex, found.task.audience.unit, found.task.audience.role).then((all) => eligible(found, all));

  function on<T>(name: Exclude<BesideAct, 'attach'>, beside: Beside<T>): void {
    router.post(`/:slug/${actPath[name]}`, async (req: Request<{ slug: string }>, res: Response) => {
      const { commandId, seen } = readIdentity(req.body);
      const here = await work.at(req);
      const read = readForm(await beside.schema(here), req.body, req.t);
      if (!read.ok) return work.show(req, res, 422, here, { posted: { act: name, form: read.form } });
      const act = await beside.act(read.data, here);
      const posted = { act: name, form: refusedForm(req.body, {}) };
      if (!(await work.send(req, res, here, { commandId, seen: beside.looksAtVersion ? seen : null, act, posted }))) return;
      req.flash({ tone: 'done', text: beside.said(read.data, here, act) });
      res.redirect(303, beside.href ?? `/tasks/${here.found.slug}`);
    });
  }

  on('release', {
    schema: () => releaseForm,
    act: ({ reason }, { found }) => ({ type: 'release', task: found.task.id, reason }),
    looksAtVersion: true,
    said: (_data, { desk }) => desk.words.t('acts:done.release'),
    href: '/',
  });
  on('reassign', {
    schema: async (at) => reassignForm((await colleagues(at)).map(({ id }) => id)),
    async act({ person, reason }, at) {
      const to = (await colleagues(at)).find(({ id }) => id === person);
      return { type: 'reassign', task: at.found.task.id, to: { person, name: to?.name ?? '' }, reason };
    },
    looksAtVersion: true,
    said: (_data, { desk }, act) => desk.words.t('acts:done.reassign', { name: act.type === 'reassign' ? act.to.name : '' }),
  });
  on('requestExtension', {
    schema: ({ desk, found }) => extensionForm(mostExtension(desk, found.state.kind)),
    act: ({ days, reason }, { found }) => ({ type: 'requestExtension', task: found.task.id, days, reason }),
    looksAtVersion: true,
    said: ({ days }, { desk: { words }, found }) => words.t('acts:done.requestExtension', { count: days, unit: words.unit(creditOfficeOf(found.state)) }),
  });
  on('suspend', {
    schema: ({ desk }) => suspensionForm(groundsAllowed(desk)),
    act: ({ ground, reason }, { found }) => ({ type: 'suspend', task: found.task.id, ground, reason }),
    looksAtVersion: true,
    said(_data, { desk: { words }, found: { task } }) {
      const { key, count } = standingKey(task.deadline ? standingOf(task.deadline, words.now.toISOString(), words.calendar) : { left: 0 });
      return words.t(`acts:done.suspend${key}`, { count });
    },
  });
  on('resume', {
    schema: () => resumptionForm,
    act: ({ reason }, { found }) => ({ type: 'resume', task: found.task.id, reason }),
    looksAtVersion: true,
    said: (_data, { desk }) => desk.words.t('acts:done.resume'),
  });
  on('urge', {
    schema: () => urgeForm,
    act: ({ text }, { found }) => ({ type: 'urge', task: found.task.id, text }),
    said: (_data, { desk, found }) => desk.words.t('acts:done.urge', { to: reaches(found, desk) }),
  });
  on('supervise', {
    schema: () => superviseForm,
    act: ({ text }, { found }) => ({ type: 'supervise', task: found.task.id, text }),
    said: (_data, { desk: { words }, found }) => words.t('acts:done.supervise', { unit: words.unit(found.task.audience.unit) }),
  });
  on('comment', {
    schema: () => commentForm,
    act: ({ text }, { found }) => ({ type: 'comment', task: found.task.id, text }),
    said: (_data, { desk }) => desk.words.t('acts:done.comment'),
  });
}

/** Files are looked into and stored before the act names them; one that is not taken keeps all of them out. */
function attaching(router: Router, { files: store }: TasksParts, work: DeskWork): void {
  router.post('/:slug/attach', async (req, res) => {
    const { commandId } = readIdentity(req.body);
    const here = await work.at(req);
    const { found: { task, slug }, desk } = here;
    const wrong = (message: string): Promise<void> => work.show(req, res, 422, here, { posted: { act: 'attach', form: refusedForm({}, { files: message }) } });
    const uploads = req.uploads.filter(({ field }) => field === 'files');
    const { files, faults } = await store.receive(uploads, megabytes(desk), { req });
    if (faults.length > 0) return wrong(sentences(desk.words, ...faults.map(({ key, params }) => req.t(`files:fault.${key}`, params))));
    if (files.length === 0) return wrong(req.t('tasks:act.noFiles'));
    if (files.length > mostFiles) return wrong(req.t('files:fault.tooMany', { limit: mostFiles }));
    await store.keep(files);
    const posted = { act: 'attach' as const, form: refusedForm({}, {}) };
    if (!(await work.send(req, res, here, { commandId, seen: null, act: { type: 'attach', task: task.id, files }, posted }))) return;
    req.flash({ tone: 'done', text: req.t('acts:done.attach', { count: files.length }) });
    res.redirect(303, `/tasks/${slug}`);
  });
}
