import type { Router } from 'express';
import type { Ground } from '../../platform/http/feature.ts';
import type { ChangeFeed } from '../public-records/index.ts';
import type { RecordMachines } from '../records/index.ts';
import type { Enquiries } from '../subjects/index.ts';
import { byPerson, callerOf, keyOf, needsJson } from './caller.ts';

export interface RecordRouteParts {
  readonly machines: RecordMachines;
  readonly enquiries: Enquiries;
  readonly changes: ChangeFeed;
}

/** `/api/v1/records`, `/api/v1/record-batches` and `/api/v1/record-changes` */
export function recordRoutes(router: Router, { limiter }: Ground, { machines, enquiries, changes }: RecordRouteParts): void {
  const writing = limiter({ name: 'api-records', hits: 300, windowSeconds: 60, by: byPerson });
  const batches = limiter({ name: 'api-record-batches', hits: 30, windowSeconds: 60, by: byPerson });
  const following = limiter({ name: 'api-record-changes', hits: 120, windowSeconds: 60, by: byPerson });

  router.post('/records', writing, needsJson, async (req, res) => {
    const answer = await machines.store(req, keyOf(req));
    const isNew = answer.outcome === 'stored' && !answer.repeated;
    res.status(isNew ? 201 : 200).location(`/api/v1/records/${answer.record.id}`).json(answer);
  });

  router.post('/record-batches', batches, needsJson, async (req, res) => {
    res.json(await machines.storeMany(req, keyOf(req)));
  });

  router.get('/records', async (req, res) => {
    await enquiries.note(req);
    res.json(await machines.list(req));
  });

  router.get('/records/:id', async (req, res) => {
    const record = await machines.one(req, req.params.id);
    req.viewed = { kind: 'apiRead', about: record.documentNo };
    res.json(record);
  });

  router.post('/records/:id/uses', writing, needsJson, async (req, res) => {
    const answer = await machines.use(req, String(req.params['id']), keyOf(req));
    res.status(answer.repeated ? 200 : 201).json(answer);
  });

  router.get('/record-changes', following, async (req, res) => {
    callerOf(req);
    res.json(await changes.read(req));
  });
}
