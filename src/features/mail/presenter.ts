import { createMoments } from '../../platform/http/moments.ts';
import type { Form } from '../../platform/http/forms.ts';
import { withQuery } from '../../platform/http/paths.ts';
import type {
  Badge, ButtonRow, Cell, ConfirmBlock, CountTiles, DataTable, EmptyState, Facts, FilterBar, FormShell, Heading, MailPreview,
  Page, Pager, Row, Tone,
} from '../../platform/http/view-models.ts';
import type { I18n, Translate } from '../../platform/i18n.ts';
import type { MailStatus } from '../../platform/mail/types.ts';
import { shorten } from '../../platform/mail/wording.ts';
import type { Locale } from '../../rules/people.ts';
import { addressOf, appliedFilters, filterBar, LOG, type Applied } from './filter-bar.ts';
import { countedTo, mostAtOnce, type LoggedMail, type MailFilter, type MailPage, type Position, type WholeMail } from './queries.ts';

export const RESEND = `${LOG}/resend`;
const CHOSEN_FORM = 'chosen';
const PROBLEM_IN_LIST = 100;

/** What every page of the log needs of the request. */
export interface Reading {
  t: Translate;
  locale: Locale;
  known: I18n['has'];
  /** Whether this reader may send again, or only look. */
  maySend: boolean;
}

const tones: Record<MailStatus, Tone> = { queued: 'plain', sending: 'accent', sent: 'done', failed: 'late', uncertain: 'soon' };

function statusBadge({ status, stale }: Pick<LoggedMail, 'status' | 'stale'>, t: Translate): Badge {
  return stale ? { label: t('mail:status.stale'), tone: 'soon' } : { label: t(`mail:status.${status}`), tone: tones[status] };
}

type Addressed = Pick<LoggedMail, 'person' | 'unit' | 'reporter'>;

/** Whom a mail is for, in words; null when neither person nor unit is known any more. */
export function recipientInWords({ person, unit, reporter }: Addressed, t: Translate, locale: Locale): string | null {
  const called = (who: { name: string; nameEn: string }): string => (locale === 'en' ? who.nameEn : who.name);
  if (reporter) return t('mail:to.reporter');
  if (person && unit) return t('mail:to.standIn', { unit: called(unit), person: called(person) });
  if (person) return called(person);
  return unit ? t('mail:to.mailbox', { unit: called(unit) }) : null;
}

/** The server's own words, or ours for what we found ourselves. */
function problemInWords(problem: string, { t, known, locale }: Reading): string {
  const key = `mail:problem.${problem}`;
  return /^[a-zA-Z]+$/.test(problem) && known(locale, key) ? t(key) : problem;
}

function canBeSentAgain({ status, stale }: LoggedMail): boolean {
  return stale || status === 'queued' || status === 'failed' || status === 'uncertain';
}

function recipientCell(mail: LoggedMail, { t, locale }: Reading): Cell {
  const lines = [recipientInWords(mail, t, locale), mail.recipient].filter((line) => line !== null && line !== '');
  return lines.length > 0 ? { kind: 'lines', lines: lines.map(String) } : { kind: 'none' };
}

/** What kind of letter it is, and beside it what went wrong, so that many of one cause are seen at once. */
function noteOf(mail: LoggedMail, reading: Reading): string {
  const kind = reading.t(`mail:template.${mail.template}`);
  if (mail.lastError === null) return kind;
  return `${kind}${reading.t('mail:colon')}${shorten(problemInWords(mail.lastError, reading), PROBLEM_IN_LIST)}`;
}

function rowOf(mail: LoggedMail, reading: Reading, select: boolean): Row {
  const { t } = reading;
  const moments = createMoments(t);
  return {
    id: mail.id,
    cells: {
      subject: { kind: 'link', href: `${LOG}/${mail.id}`, label: mail.subject, note: noteOf(mail, reading) },
      recipient: recipientCell(mail, reading),
      status: { kind: 'badge', badge: statusBadge(mail, t) },
      queuedAt: { kind: 'when', when: moments.tableTime(mail.queuedAt) },
      attempts: { kind: 'number', text: String(mail.attempts) },
    },
    ...(mail.status === 'failed' ? { tone: 'late' as const } : mail.status === 'uncertain' || mail.stale ? { tone: 'soon' as const } : {}),
    ...(select && canBeSentAgain(mail) ? { select: { value: mail.id, label: mail.subject } } : {}),
  };
}

function tableOf(mails: readonly LoggedMail[], reading: Reading, caption: string, empty: EmptyState, select: boolean): DataTable {
  const { t } = reading;
  const selectable = select && mails.some(canBeSentAgain);
  return {
    caption,
    columns: [
      { key: 'subject', label: t('mail:log.subject'), line: 1 },
      { key: 'recipient', label: t('mail:log.recipient'), line: 2 },
      { key: 'status', label: t('mail:log.status'), line: 3, tight: true },
      { key: 'queuedAt', label: t('mail:log.queuedAt'), line: 3, tight: true },
      { key: 'attempts', label: t('mail:log.attempts'), align: 'end' },
    ],
    rows: mails.map((mail) => rowOf(mail, reading, selectable)),
    ...(selectable ? { select: { form: CHOSEN_FORM, name: 'id' } } : {}),
    empty,
  };
}

export interface LogView {
  page: Page;
  heading: Heading;
  tiles: CountTiles;
  filter: FilterBar;
  table: DataTable;
  pager: Pager;
  chosen: FormShell | null;
  buttons: ButtonRow;
}

export interface LogParts {
  found: MailPage;
  /** Null when the filter makes no sense. */
  filter: MailFilter | null;
  form: Form;
  counts: Record<MailStatus, number>;
  /** Today in Asia/Shanghai, YYYY-MM-DD. */
  today: string;
  cursorOf: (position: Position) => string;
}

/** The log: what is stuck on top, then the mails. */
export function presentLog({ found, filter, form, counts, today, cursorOf }: LogParts, reading: Reading): LogView {
  const { t, maySend } = reading;
  const title = t('mail:log.title');
  const here = addressOf(form);
  const applied = appliedFilters(form, t);
  const table = tableOf(found.mails, reading, title, emptyState(filter, applied, t), maySend);
  const of = (status: 'queued' | 'failed'): boolean => maySend && filter?.status === status && found.mails.length > 0;
  return {
    page: { title, width: 'full' },
    heading: { title, lead: t('mail:log.lead') },
    tiles: tilesOf(counts, today, t),
    filter: filterBar(form, applied, t),
    table,
    pager: {
      text: found.total > countedTo ? t('mail:log.moreThan', { total: countedTo }) : t('mail:log.total', { total: found.total }),
      ...(found.previous ? { previousHref: withQuery(here, { at: cursorOf(found.previous) }) } : {}),
      ...(found.next ? { nextHref: withQuery(here, { at: cursorOf(found.next) }) } : {}),
    },
    chosen: table.select ? { action: RESEND, method: 'get', id: CHOSEN_FORM, label: t('mail:log.resendChosen') } : null,
    buttons: {
      others: [
        { label: t('mail:log.resendChosen') },
        ...(of('failed') ? [{ label: t('mail:log.resendAllFailed'), href: `${RESEND}?status=failed` }] : []),
        ...(of('queued') ? [{ label: t('mail:log.resendAllQueued'), href: `${RESEND}?status=queued` }] : []),
      ],
    },
  };
}

function tilesOf(counts: Record<MailStatus, number>, today: string, t: Translate): CountTiles {
  const shown: { status: MailStatus; tone?: 'late' | 'soon' }[] = [
    { status: 'failed', tone: 'late' }, { status: 'uncertain', tone: 'soon' }, { status: 'queued' }, { status: 'sending' },
  ];
  return {
    label: t('mail:log.tiles'),
    tiles: [
      ...shown.map(({ status, tone }) => ({
        label: t(`mail:status.${status}`),
        count: counts[status],
        href: `${LOG}?status=${status}`,
        ...(tone ? { tone } : {}),
      })),
      { label: t('mail:log.sentToday'), count: counts.sent, href: `${LOG}?status=sent&from=${today}` },
    ],
  };
}

function emptyState(filter: MailFilter | null, applied: Applied, t: Translate): EmptyState {
  const links = [{ href: LOG, label: t('mail:log.all') }];
  if (filter === null) return { title: t('mail:log.wrongFilter'), links };
  if (applied.length === 0) return { title: t('mail:log.none'), hint: t('mail:log.noneHint') };
  return { title: t('mail:log.notFound'), hint: applied.map(({ label }) => label).join(t('common:list')), links };
}

export interface MailView {
  page: Page;
  heading: Heading;
  sending: Facts;
  marks: Facts;
  preview: MailPreview;
}

/** One mail: how it was sent, and what was. `sender` as it stands in its From line. */
export function presentMail(mail: WholeMail, sender: string, reading: Reading): MailView {
  const { t, locale, maySend } = reading;
  const moments = createMoments(t);
  const to = [recipientInWords(mail, t, locale), mail.recipient].filter((part) => part !== null && part !== '').join(' ');
  const label = t(mail.status === 'queued' ? 'mail:one.sendNow' : 'mail:one.resend');
  const fact = (term: string, value: Cell): Facts['items'][number] => ({ term, value });
  return {
    page: {
      title: mail.subject,
      crumbs: [{ label: t('mail:log.title'), href: LOG }, { label: t(`mail:template.${mail.template}`) }],
    },
    heading: {
      title: mail.subject,
      badges: [statusBadge(mail, t)],
      ...(canBeSentAgain(mail)
        ? maySend
          ? { links: [{ href: `${RESEND}?id=${mail.id}`, label, icon: 'mail' as const, primary: true }] }
          : { lead: t('mail:one.readOnly') }
        : {}),
    },
    sending: {
      items: [
        ...(mail.lastError === null ? [] : [{ ...fact(t('mail:log.problem'), problemInWords(mail.lastError, reading)), wide: true }]),
        fact(t('mail:log.queuedAt'), { kind: 'when', when: moments.dayTime(mail.queuedAt) }),
        fact(t('mail:one.sentAt'), mail.sentAt ? { kind: 'when', when: moments.dayTime(mail.sentAt) } : t('mail:one.notSent')),
        fact(t('mail:log.attempts'), { kind: 'number', text: String(mail.attempts) }),
        ...(mail.serverReply === null ? [] : [{ ...fact(t('mail:one.serverReply'), mail.serverReply), wide: true }]),
      ],
    },
    marks: {
      items: [
        ...(mail.caseNo === null ? [] : [fact(t('mail:log.caseNo'), mail.caseNo)]),
        fact(t('mail:log.template'), t(`mail:template.${mail.template}`)),
        fact(t('mail:one.language'), t(`common:language.${mail.locale}`)),
        ...(mail.requestId === null ? [] : [fact(t('mail:one.requestId'), mail.requestId)]),
        { ...fact(t('mail:one.messageId'), mail.messageId), wide: true },
        ...(mail.threadId === null ? [] : [{ ...fact(t('mail:one.threadId'), mail.threadId), wide: true }]),
      ],
    },
    preview: {
      from: sender,
      to: to === '' ? [] : [to],
      subject: mail.subject,
      when: moments.dayTime(mail.queuedAt),
      text: mail.text,
      htmlHref: `${LOG}/${mail.id}/html`,
    },
  };
}

export interface ResendView {
  page: Page;
  heading: Heading;
  empty: EmptyState | null;
  table: DataTable;
  form: FormShell;
  confirm: ConfirmBlock;
  buttons: ButtonRow;
}

/** What will be sent again, to whom, and that it cannot be called back. */
export function presentResend(mails: readonly LoggedMail[], reading: Reading): ResendView {
  const { t, locale } = reading;
  const title = t('mail:resend.title', { count: mails.length });
  const nothing: EmptyState = { title: t('mail:resend.nothing'), hint: t('mail:resend.nothingHint'), links: [{ href: LOG, label: t('mail:log.all') }] };
  const uncertain = mails.filter(({ status, stale }) => status === 'uncertain' || stale).length;
  const [only] = mails;
  const back = mails.length === 1 && only ? `${LOG}/${only.id}` : LOG;
  return {
    page: { title, crumbs: [{ label: t('mail:log.title'), href: LOG }, { label: t('mail:resend.do') }] },
    heading: { title },
    empty: mails.length === 0 ? nothing : null,
    table: tableOf(mails, reading, t('mail:resend.what'), nothing, false),
    form: { action: RESEND, hidden: { ids: mails.map(({ id }) => id).join(',') }, warnWhenDirty: false },
    confirm: {
      title: t('mail:resend.do'),
      consequences: [
        t('mail:resend.asWritten'),
        ...(uncertain > 0 ? [t('mail:resend.uncertain', { count: uncertain })] : []),
        ...(mails.length === mostAtOnce ? [t('mail:resend.most', { count: mostAtOnce })] : []),
      ],
      mailTo: [...new Set(mails.map((mail) => recipientInWords(mail, t, locale) ?? mail.recipient).filter((who) => who !== ''))],
      undo: { possible: false, text: t('mail:resend.noUndo') },
    },
    buttons: { primary: { label: t('mail:resend.do') }, cancel: { href: back, label: t('mail:resend.cancel') } },
  };
}
