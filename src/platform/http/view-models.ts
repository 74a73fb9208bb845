/**
 * What the layouts and partials take. A presenter fills these types with
 * finished words in the reader's language; a partial adds only the fixed texts
 * of `locales/<language>/ui.json`. `views/README.md` shows a call of each.
 */
export type * from './view-models/basics.ts';
export type * from './view-models/frame.ts';
export type * from './view-models/deadlines.ts';
export type * from './view-models/forms.ts';
export type * from './view-models/lists.ts';
export type * from './view-models/case.ts';
