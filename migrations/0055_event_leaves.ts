import type { Knex } from 'knex';

const kinds = (...more: readonly string[]): string => ['case', 'record', 'rule', 'person', 'accessLog', ...more].map((kind) => `'${kind}'`).join(', ');

/** A leaf over the events of a case that needs no key to be computed: a case file that is handed out proves itself by it. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`alter table anchor_leaf drop constraint anchor_leaf_kind_check, add constraint anchor_leaf_kind_check check (kind in (${kinds('caseEvents')}))`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table anchor_leaf drop constraint anchor_leaf_kind_check;
    alter table anchor_leaf add constraint anchor_leaf_kind_check check (kind in (${kinds()})) not valid
  `);
}
