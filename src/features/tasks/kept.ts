import { valuesByName } from '../../platform/http/flat.ts';
import { newForm, type Form } from '../../platform/http/forms.ts';
import type { KeptForm } from '../../platform/http/kept-forms.ts';
import { actPath, besideActs, type Posted } from './act-panels.ts';

const formOf = ({ entries }: KeptForm): Form => newForm(valuesByName(entries));

/**
 * What was typed before the session ended, as if it had just come back: the page then has as many rows as were filled
 * in, and the act it belongs to is open.
 */
export function keptOf(slug: string, kept: KeptForm | null): Posted | undefined {
  const act = (['complete', ...besideActs] as const).find((one) => kept?.action === `/tasks/${slug}/${one === 'complete' ? one : actPath[one]}`);
  return kept && act ? { act, form: formOf(kept) } : undefined;
}
