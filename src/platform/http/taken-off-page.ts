import type { Request, Response } from 'express';
import type { TakenOff } from '../takedowns.ts';
import { officeOf, unitName, type UnitDirectory } from '../units.ts';
import { createMoments } from './moments.ts';

/**
 * The page of a text that was taken off in an emergency: 410, since when and by whom, and neither what it said nor why it is
 * gone, as the reason may tell what the text told.
 */
export async function answerTakenOff(req: Request, res: Response, off: TakenOff, { units }: { readonly units: UnitDirectory }): Promise<void> {
  const { t } = req;
  const office = officeOf(await units.all());
  const params = { office: office ? unitName(office, req.locale) : t('public:creditOffice'), day: createMoments(t).day(off.at).text };
  const title = t(`takedowns:public.${off.decided ? 'staysTitle' : 'title'}`);
  res.status(410).set('Cache-Control', 'no-store').render('errors/taken-off', {
    page: { title },
    heading: { title },
    notice: { tone: 'info', text: t(`takedowns:public.${off.decided ? 'stays' : 'text'}`, params) },
    home: { href: '/public', label: t('errors:home') },
  });
}
