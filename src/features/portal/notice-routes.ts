import type { Request, Response, Router } from 'express';
import { z } from 'zod';
import { NotFound } from '../../platform/http/errors.ts';
import { portalAddress } from '../../platform/public-paths.ts';
import { hasNotice } from '../../rules/records/service.ts';
import { answerDocument } from '../documents/index.ts';
import { repairNotice } from '../records/index.ts';
import { speaksFor } from './bindings.ts';
import { crumbsOf } from './form-page.ts';
import { portalPath, todayOf, type Portal } from './parts.ts';
import { findOwnRecord } from './records.ts';

/** Address of the repair notice of one's own record. */
export const noticePath = (record: string): string => `${portalPath}/records/${record}/notice`;

/** `/records/:id/notice`: the repair notice (信用修复告知书) of a record of a firm that the visitor speaks for. */
export function noticeRoutes(router: Router, { ground: { knex, clock, config, units }, readLaw, visitors }: Portal): void {
  async function answer(req: Request, res: Response, file: boolean): Promise<void> {
    const id = z.uuid().safeParse(req.params['id']);
    const today = todayOf(clock());
    const record = id.success ? await findOwnRecord(knex, id.data, today) : undefined;
    const { account } = visitors.of(req);
    const binding = record && (await speaksFor(knex, account, record.state.facts.subject.id));
    if (!record || !binding || !hasNotice(record.state)) throw new NotFound({ reason: 'portal:noRecord' });
    const document = repairNotice({
      state: record.state, name: binding.name, law: await readLaw(), today, units: await units.all(),
      portal: portalAddress(config.publicUrl), t: req.t, locale: req.locale,
    });
    await answerDocument(req, res, {
      view: 'documents/public', file, document, href: noticePath(record.id), lead: req.t('documents:notice.leadOwn'),
      crumbs: crumbsOf(req, { label: binding.name, href: `${portalPath}/firms/${binding.subject ?? ''}` }),
    });
  }

  router.get('/records/:id/notice', (req, res) => answer(req, res, false));
  router.get('/records/:id/notice.docx', (req, res) => answer(req, res, true));
}
