import type { Locale, Role } from '../rules/people.ts';

/** A signed-in person: a `Person`, and what the frame of every page shows of him. */
export interface SessionPerson {
  readonly id: string;
  readonly username: string;
  readonly name: string;
  readonly nameEn: string;
  readonly mail: string;
  readonly locale: Locale;
  readonly mustChangePassword: boolean;
  /** He has an app whose code is asked for after his password. */
  readonly hasSecondFactor: boolean;
  /** He has one passkey at least, which is both factors at once. */
  readonly hasPasskey: boolean;
  readonly roles: readonly {
    readonly unit: string;
    readonly role: Role;
    /** Short name in Chinese. */
    readonly unitName: string;
    readonly unitNameEn: string;
  }[];
}

/** SQL that makes a `SessionPerson` of the row `p` of `person`. */
export const SESSION_PERSON = `
  json_build_object(
    'id', p.id, 'username', p.username, 'name', p.name, 'nameEn', p.name_en, 'mail', p.mail,
    'locale', p.locale, 'mustChangePassword', p.must_change_password, 'hasSecondFactor', p.has_second_factor,
    'hasPasskey', exists (select from passkey k where k.person_id = p.id),
    'roles', coalesce((
      select json_agg(json_build_object('unit', r.unit_id, 'role', r.role,
                                        'unitName', u.short_name, 'unitNameEn', u.name_en)
                      order by r.unit_id, r.role)
      from person_role r join unit u on u.id = r.unit_id
      where r.person_id = p.id), '[]'))`;
