import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import ejs, { type Options } from 'ejs';

/** An engine for `app.engine`: path of a view, its locals, and who takes the page. */
export type ViewEngine = (path: string, locals: object, done: (error: unknown, html?: string) => void) => void;

type Scope = Record<string, unknown>;

/** What a view is drawn with: `it` is what an include was given, and stands apart as most are given nothing else. */
interface Given {
  readonly locals: Scope;
  readonly it: unknown;
  include(name: string, model?: object): string;
}

type Template = (given: Given) => string;

const wordsIn = (text: string): ReadonlySet<string> => new Set(text.match(/[A-Za-z_$][\w$]*/gu));

/**
 * A view with these of its locals as constants. EJS would find them by `with`, and a function that has one is never
 * compiled to machine code: a table of 50 rows took five times as long. A name that nobody gave is an error either way.
 */
function compile(path: string, text: string, names: readonly string[]): Template {
  const options: Options & { async: false; client: false; unsafePrototypeLocals: true } = {
    // EJS copies what it is given unless it is told that its prototype is safe.
    filename: path, async: false, client: false, unsafePrototypeLocals: true,
    _with: false, localsName: 'given', destructuredLocals: ['locals', 'it', 'include'],
  };
  // In a block, so that the view may have a constant of the same name.
  return ejs.compile(`<% const { ${names.join(', ')} } = locals; { %>${text}<% } %>`, options) as (given: object) => string;
}

/** A view as it was read: compiled once for all pages that give it the same of the names that it mentions. */
function createTemplate(path: string): (given: ReadonlySet<string>) => Template {
  const text = readFileSync(path, 'utf8');
  const words = wordsIn(text);
  const compiled = new Map<string, Template>();
  return (given) => {
    const names = [...given].filter((name) => words.has(name) && name !== 'it' && name !== 'include');
    const key = names.toSorted().join();
    const template = compiled.get(key) ?? compile(path, text, names);
    compiled.set(key, template);
    return template;
  };
}

/** The views of all pages that have the same locals. */
interface Views {
  readonly names: ReadonlySet<string>;
  readonly templates: Map<string, Template>;
}

/**
 * EJS with includes of its own: EJS looks for each included file on the disk and copies all locals
 * three times, which for a table of 50 rows (some 300 includes) takes many times what the page
 * itself takes. Here a path is found once, and an include has its caller's locals and its own `it`.
 *
 * An include names a file relative to the one it stands in, or from the folder of all views.
 */
export function createViewEngine(folder: string, { cached }: { cached: boolean }): ViewEngine {
  const read = new Map<string, ReturnType<typeof createTemplate>>();
  const views = new Map<string, Views>();
  const found = new Map<string, string>();

  const viewsFor = (locals: Scope): Views => {
    const names = Object.keys(locals);
    const key = names.join();
    const own = (cached ? views.get(key) : undefined) ?? { names: new Set(names), templates: new Map<string, Template>() };
    views.set(key, own);
    return own;
  };

  const templateAt = (path: string, { names, templates }: Views): Template => {
    const known = templates.get(path);
    if (known) return known;
    const view = (cached ? read.get(path) : undefined) ?? createTemplate(path);
    read.set(path, view);
    const template = view(names);
    templates.set(path, template);
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

  const render = (path: string, locals: Scope, own: Views, it: unknown): string => templateAt(path, own)({
    locals,
    it,
    include(name, model = {}) {
      const { it: ofInclude = it, ...more } = model as Scope;
      const target = find(path, name);
      if (Object.keys(more).length === 0) return render(target, locals, own, ofInclude);
      const both = { ...locals, ...more };
      return render(target, both, viewsFor(both), ofInclude);
    },
  });

  return (path, locals, done) => {
    let html: string;
    try {
      const scope = locals as Scope;
      html = render(path, scope, viewsFor(scope), scope['it']);
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
    if (file.endsWith('.ejs')) createTemplate(join(folder, file))(new Set());
  }
}
