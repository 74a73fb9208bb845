import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import ejs, { type Options, type TemplateFunction } from 'ejs';

/** An engine for `app.engine`: path of a view, its locals, and who takes the page. */
export type ViewEngine = (path: string, locals: object, done: (error: unknown, html?: string) => void) => void;

type Scope = Record<string, unknown>;

function compile(path: string): TemplateFunction {
  // EJS copies all locals unless it is told that their prototypes are safe; here these are scopes made below.
  const options: Options & { async: false; client: false; unsafePrototypeLocals: true } = {
    filename: path, async: false, client: false, unsafePrototypeLocals: true,
  };
  return ejs.compile(readFileSync(path, 'utf8'), options);
}

/**
 * EJS with includes of its own: EJS looks for each included file on the disk and copies all locals
 * three times, which for a table of 50 rows (some 300 includes) takes many times what the page
 * itself takes. Here a path is found once, and an include's locals stand in front of its caller's.
 *
 * An include names a file relative to the one it stands in, or from the folder of all views.
 */
export function createViewEngine(folder: string, { cached }: { cached: boolean }): ViewEngine {
  const templates = new Map<string, TemplateFunction>();
  const found = new Map<string, string>();

  const templateAt = (path: string): TemplateFunction => {
    const known = templates.get(path);
    if (known) return known;
    const template = compile(path);
    if (cached) templates.set(path, template);
    return template;
  };

  const find = (from: string, name: string): string => {
    const key = `${from}\0${name}`;
    const known = found.get(key);
    if (known !== undefined) return known;
    const file = name.endsWith('.ejs') ? name : `${name}.ejs`;
    const path = [join(dirname(from), file), join(folder, file)].find((candidate) => existsSync(candidate));
    if (path === undefined) throw new Error(`${from} includes ${name}, which does not exist`);
    found.set(key, path);
    return path;
  };

  const render = (path: string, outer: Scope | null, own: object): string => {
    const scope = Object.assign(Object.create(outer) as Scope, own);
    scope['include'] = (name: string, model: object = {}): string => render(find(path, name), scope, model);
    return templateAt(path)(scope);
  };

  return (path, locals, done) => {
    let html: string;
    try {
      html = render(path, null, locals);
    } catch (error) {
      done(error);
      return;
    }
    done(null, html);
  };
}

/** Compiles every view of a folder; a broken one is told at the start, not to its first reader. */
export function compileAll(folder: string): void {
  for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (file.endsWith('.ejs')) compile(join(folder, file));
  }
}
