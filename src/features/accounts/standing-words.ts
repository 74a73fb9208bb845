import type { Request } from 'express';
import { unitName, type Unit } from '../../platform/units.ts';
import type { Standing } from './proposals.ts';

const asText = (value: unknown): string => (typeof value === 'string' ? value : value === null || value === undefined ? '' : JSON.stringify(value));

function roleInWords({ t, locale }: Pick<Request, 't' | 'locale'>, units: readonly Unit[], held: string): string {
  const [id = '', role = ''] = held.split(' ');
  const unit = units.find((one) => one.id === id);
  return t('accounts:roleInUnit', { unit: unit ? unitName(unit, locale, 'short') : id, role: t(`common:role.${role}`) });
}

/** What a name of a standing has, in words. */
export function valueInWords(reader: Pick<Request, 't' | 'locale'>, units: readonly Unit[], name: string, value: unknown): string {
  const { t } = reader;
  if (name === 'roles' && Array.isArray(value)) return value.length === 0 ? t('accounts:person.noRoles') : value.map((held) => roleInWords(reader, units, String(held))).join(t('common:list'));
  if (name === 'kind') return t(`common:unitKind.${String(value)}`);
  if (name === 'password') return t(`accounts:proposal.password.${String(value)}`);
  if (name === 'active') return t(value === true ? 'accounts:person.state.active' : 'accounts:person.state.inactive');
  if (name === 'secondFactor') return t(value === true ? 'security:app.on' : 'security:app.off');
  return asText(value);
}

export interface ChangedValue {
  readonly name: string;
  readonly before: string;
  readonly after: string;
}

/** What differs between two standings, in words. */
export function changesInWords(reader: Pick<Request, 't' | 'locale'>, units: readonly Unit[], before: Standing, after: Standing): ChangedValue[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]))
    .map((name) => ({ name, before: valueInWords(reader, units, name, before[name]), after: valueInWords(reader, units, name, after[name]) }));
}
