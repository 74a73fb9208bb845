import type { Knex } from 'knex';
import type { Logger } from 'pino';
import type { Ground } from '../../platform/http/feature.ts';
import { ruleNumber } from '../../platform/http/sign-in-rules.ts';
import { createMoments } from '../../platform/http/moments.ts';
import type { Translate } from '../../platform/i18n.ts';
import type { Recipient } from '../../platform/mail/recipients.ts';
import { createStaffLetters } from '../../platform/mail/staff-letters.ts';
import { repeat } from '../../platform/repeat.ts';
import type { Rules } from '../../platform/rules.ts';
import type { Locale } from '../../rules/people.ts';

export const alertKinds = ['lockOut', 'refusals', 'reset', 'export', 'infected'] as const;
export type AlertKind = (typeof alertKinds)[number];

export const ALERTS_PATH = '/admin/alerts';

export interface Alert {
  readonly id: number;
  readonly kind: AlertKind;
  readonly at: Date;
  readonly number: number;
  readonly who: string | null;
  /** Whom it was done to. */
  readonly subject: string | null;
  readonly path: string | null;
  readonly address: string | null;
  readonly mailedAt: Date | null;
}

/** More in a letter would not be read; the page has them all. */
const mostInLetter = 20;
const lockKey = 4_711_048;

/**
 * Lines since the last look, made into alerts. Lines are looked at again for two hours, as some are written late and
 * refusals count within any hour; an alert that is there is brought up to date.
 */
const RAISE = `
  with looked as (
    select l.id, l.at, l.kind, l.person_id, l.username, l.detail from access_log l, security_watch w
    where l.id > w.line and l.kind in ('signInLocked', 'codeLocked', 'refused', 'passwordReset', 'secondFactorReset', 'exported', 'fileInfected')
  ),
  counted as (
    select id, at, person_id, count(*) over (partition by person_id order by at range between interval '1 hour' preceding and current row) as n
    from looked where kind = 'refused' and person_id is not null
  ),
  news as (
    select 'lockOut' as kind, username || ' ' || date_trunc('hour', at) as key, max(at) as at, max(id) as line, count(*) as number
      from looked where kind in ('signInLocked', 'codeLocked') group by username, date_trunc('hour', at)
    union all
    select 'refusals', person_id || ' ' || date_trunc('hour', at), max(at), max(id), max(n) from counted where n > :refusals group by person_id, date_trunc('hour', at)
    union all
    select 'reset', id::text, at, id, 1 from looked where kind in ('passwordReset', 'secondFactorReset')
    union all
    select 'export', id::text, at, id, (detail ->> 'rows')::bigint from looked where kind = 'exported' and (detail ->> 'rows')::bigint > :rows
    union all
    select 'infected', id::text, at, id, 1 from looked where kind = 'fileInfected'
  )
  insert into security_alert (kind, key, at, line, number) select kind, key, at, line, number from news order by line
  on conflict (kind, key) do update set at = excluded.at, line = excluded.line, number = greatest(security_alert.number, excluded.number)
    where excluded.line > security_alert.line`;

const FORWARD = `
  update security_watch set line = greatest(line, coalesce((select max(id) from access_log where id > security_watch.line and coalesce(written_at, at) < now() - interval '2 hours'), 0))`;

const READ = `
  select a.id, a.kind, a.at, a.number::float8 as number, a.mailed_at as "mailedAt", coalesce(p.username, l.username) as who, s.username as subject, l.path, l.address
  from security_alert a left join access_log l on l.id = a.line left join person p on p.id = l.person_id left join person s on s.id = l.subject_id`;

/** Alerts before an id, newest first; of one kind where it is named. */
export async function readAlerts(db: Knex, { kind, before }: { kind: AlertKind | ''; before: number | undefined }, limit: number): Promise<Alert[]> {
  const { rows } = await db.raw<{ rows: Alert[] }>(
    `${READ} where (:kind = '' or a.kind = :kind) and (:before::bigint is null or a.id < :before) order by a.id desc limit :limit`, { kind, before: before ?? null, limit },
  );
  return rows;
}

/** One alert in a sentence. */
export function alertInWords(t: Translate, { kind, who, subject, number, path, address }: Alert): string {
  const nobody = t('accounts:log.commandLine');
  return t(`accounts:alert.say.${kind}`, { who: who ?? nobody, subject: subject ?? who ?? nobody, count: number, path: path ?? nobody, address: address ?? '' });
}

export interface AlertParts extends Pick<Ground, 'config' | 'i18n'> {
  readonly knex: Knex;
  readonly rules: Rules;
  /** Has queued mails sent. */
  readonly deliver: (mails: readonly string[]) => Promise<void>;
}

interface Reader {
  id: string;
  name: string;
  name_en: string;
  mail: string;
  locale: Locale;
}

async function securityAdministrators(trx: Knex): Promise<Recipient[]> {
  const rows: Reader[] = await trx('person as p').join('person_role as r', 'r.person_id', 'p.id').where({ 'p.active': true, 'r.role': 'securityAdmin' })
    .distinct('p.id', 'p.name', 'p.name_en', 'p.mail', 'p.locale').orderBy('p.id');
  return rows.map(({ id, name, name_en: nameEn, mail, locale }) => ({
    reader: { kind: 'person', name: locale === 'en' ? nameEn : name, locale }, address: mail, personId: id, unitId: null, reporterId: null,
  }));
}

/**
 * Raises alerts and writes one letter of each kind with all that has come since the last one, at most once an hour.
 * @returns the ids of the mails that are new.
 */
export function createAlerting({ knex, rules, deliver, ...ground }: AlertParts): () => Promise<string[]> {
  const queue = createStaffLetters(ground);

  async function letterOf(trx: Knex.Transaction, kind: AlertKind): Promise<string[]> {
    const { rows: recent } = await trx.raw<{ rows: unknown[] }>(`select 1 from security_alert where kind = ? and mailed_at > now() - interval '1 hour' limit 1`, [kind]);
    if (recent.length > 0) return [];
    const { rows: alerts } = await trx.raw<{ rows: Alert[] }>(`${READ} where a.kind = ? and a.mailed_at is null order by a.id`, [kind]);
    const [first] = alerts;
    if (!first) return [];
    await trx('security_alert').whereIn('id', alerts.map(({ id }) => id)).update({ mailed_at: trx.fn.now() });
    return queue(trx, await securityAdministrators(trx), {
      key: `alert:${first.id}`,
      template: 'securityAlert',
      requestId: `alert-${first.id}`,
      write(t) {
        const moments = createMoments(t);
        const lines = alerts.slice(0, mostInLetter).map((alert) => t('accounts:alert.mail.line', { when: moments.tableTime(alert.at).text, what: alertInWords(t, alert) }));
        const rest = alerts.length > mostInLetter ? [t('accounts:alert.mail.more', { count: alerts.length - mostInLetter })] : [];
        return {
          subject: t('accounts:alert.mail.subject', { kind: t(`accounts:alert.kind.${kind}`), count: alerts.length }),
          paragraphs: [t(`accounts:alert.mail.about.${kind}`), ...lines, ...rest],
          link: { label: t('accounts:alert.title'), path: ALERTS_PATH },
        };
      },
    });
  }

  return async () => {
    const [refusals, rows] = await Promise.all([ruleNumber(rules, 'alert.refusals', 20), ruleNumber(rules, 'alert.export-rows', 5000)]);
    const mails = await knex.transaction(async (trx) => {
      await trx.raw('select pg_advisory_xact_lock(?)', [lockKey]);
      await trx.raw(RAISE, { refusals, rows });
      await trx.raw(FORWARD);
      const made: string[] = [];
      for (const kind of alertKinds) made.push(...await letterOf(trx, kind));
      return made;
    });
    // Letters of the command line have nobody who sends them.
    const waiting = await knex('mail').where({ status: 'queued', attempts: 0, request_id: 'xinzhi account reset' }).pluck<string[]>('id');
    if (mails.length + waiting.length > 0) await deliver([...mails, ...waiting]);
    return mails;
  };
}

const EVERY_MS = 60_000;

/** Looks now and every minute, until the returned function is called. */
export function startAlerting(parts: AlertParts, logger: Logger): () => Promise<void> {
  const look = createAlerting(parts);
  return repeat(EVERY_MS, async () => void (await look()), (error) => logger.warn({ err: error }, 'alerts of security were not raised; it is tried again in a minute'));
}
