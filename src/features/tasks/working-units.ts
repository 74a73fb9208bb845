import type { Option } from '../../platform/http/view-models.ts';
import type { UnitKind } from '../../rules/people.ts';
import type { StageContext } from './stage-form.ts';

const assignable: readonly UnitKind[] = ['department', 'region', 'zone', 'creditOffice', 'publicity'];

/** The units that can be given work, by kind; one in which nobody could take it is shown and can't be chosen. */
export async function workingUnits({ knex, words }: Pick<StageContext, 'knex' | 'words'>): Promise<Option[]> {
  const rows: { unit_id: string }[] = await knex('person_role as r')
    .join('person as p', 'p.id', 'r.person_id')
    .where({ 'r.role': 'handler', 'p.active': true })
    .distinct('r.unit_id');
  const staffed = new Set(rows.map((row) => row.unit_id));
  const { t, units } = words;
  return assignable.flatMap((kind) =>
    units
      .filter((unit) => unit.kind === kind && unit.active)
      .map((unit): Option => ({
        value: unit.id,
        label: words.unit(unit.id),
        group: t(`common:unitKind.${kind}`),
        ...(staffed.has(unit.id) ? {} : { disabled: t('stages:form.assign.nobody') }),
      })),
  );
}
