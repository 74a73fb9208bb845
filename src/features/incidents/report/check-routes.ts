import { Router } from 'express';
import { z } from 'zod';
import type { Ground } from '../../../platform/http/feature.ts';
import { checkResidentId, checkUscc, cleanCode, type CodeCheck } from '../../../rules/codes/index.ts';
import { todayOf } from '../parts.ts';

const question = z.object({
  kind: z.enum(['uscc', 'residentId', 'any']).catch('any'),
  value: z.string().max(200).catch(''),
});

/** Begins like an ID: an area, then a day of birth of the last or this century. */
const LIKE_ID = /^\d{6}(?:19|20)\d{2}[01]\d/;

/**
 * Reads a code as what it was meant to be. Where that was not said, what holds as a code of either kind is that;
 * a wrong one is taken for the ID it looks like, else for a unified code.
 */
export function checkAnyCode(typed: string, kind: 'uscc' | 'residentId' | 'any', today: string): CodeCheck {
  const uscc = checkUscc(typed);
  if (kind === 'uscc') return uscc;
  const residentId = checkResidentId(typed, today);
  if (kind === 'residentId') return residentId;
  if (residentId.verdict === 'ok') return residentId;
  if (uscc.verdict !== 'bad') return uscc;
  return LIKE_ID.test(cleanCode(typed)) ? residentId : uscc;
}

/** `GET /api/check/code`: what is to be said of a code as soon as its field is left. Nothing is looked up or kept. */
export function checkRoutes({ clock }: Ground): Router {
  const router = Router();
  router.get('/code', (req, res) => {
    const { kind, value } = question.parse(req.query);
    const { kind: found, verdict, reason } = checkAnyCode(value, kind, todayOf(clock()));
    const message = reason ? req.t(reason.key, reason.params) : req.t(`incidents:check.${found}`);
    // An ID number must not stay in a cache; the address of this question is in no log of ours.
    res.set('Cache-Control', 'no-store').json({ ok: verdict !== 'bad', verdict, message });
  });
  return router;
}
