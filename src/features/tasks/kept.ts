import { newForm, type Form } from '../../platform/http/forms.ts';
import type { KeptForm } from '../../platform/http/kept-forms.ts';
import { actPath, besideActs, type Posted } from './act-panels.ts';

type Tree = Record<string, unknown>;

/** Puts a value at its place: `parts[1][unit]` in rows, `units[]` in a list. */
function place(tree: Tree, name: string, value: string): void {
  const path = name.split(/[[\]]+/u).filter((step) => step !== '');
  const last = path.pop();
  if (last === undefined) return;
  let at = tree;
  for (const step of path) {
    at[step] ??= Object.create(null) as Tree;
    if (typeof at[step] !== 'object') return;
    at = at[step] as Tree;
  }
  const before = at[last];
  at[last] = before === undefined ? value : [...(Array.isArray(before) ? (before as unknown[]) : [before]), value];
}

function formOf({ entries }: KeptForm): Form {
  const values = Object.create(null) as Tree;
  for (const [name, value] of entries) place(values, name, value);
  return newForm(values);
}

/**
 * What was typed before the session ended, as if it had just come back: the page then has as many rows as were filled
 * in, and the act it belongs to is open.
 */
export function keptOf(slug: string, kept: KeptForm | null): Posted | undefined {
  const act = (['complete', ...besideActs] as const).find((one) => kept?.action === `/tasks/${slug}/${one === 'complete' ? one : actPath[one]}`);
  return kept && act ? { act, form: formOf(kept) } : undefined;
}
