import type { Request } from 'express';
import { createMoments } from '../../../platform/http/moments.ts';
import type { Timeline, TimelineEntry } from '../../../platform/http/view-models.ts';
import type { ChainedRecordEvent } from '../../../platform/records/events.ts';
import { applyToRecord, storedRecord, type RecordState } from '../../../rules/records/file.ts';
import { changesBetween } from '../enter/presenter.ts';
import { listPath } from '../list/filter.ts';
import { unitNames } from '../parts.ts';
import { documentsInWords, howInWords } from '../service/presenter.ts';
import { becauseInWords } from '../words.ts';
import { withDocument, type ShowParts } from './show-parts.ts';

/** What happened, in a few words; `before` is the state that it met. */
function said(req: Request, before: RecordState | null, { what, at }: ChainedRecordEvent, { reading, keptBy, asWritten }: ShowParts): Pick<TimelineEntry, 'what' | 'said' | 'changes'> {
  const { t } = req;
  const nameOf = unitNames(reading.units, req.locale, 'short');
  const key = `records:timeline.${what.type.slice('record.'.length)}`;
  const until = (day: string | null): string => (day === null ? t('records:term.untilCured') : createMoments(t).day(day).text);
  switch (what.type) {
    case 'record.stored':
      return { what: t(`${key}.${what.source}`), said: `${t(`records:className.${what.publicity.class}`)}${t('ui:common.colon')}${becauseInWords(what.publicity, t)}` };
    case 'record.corrected':
      return { what: t(key), said: what.reason, changes: before && asWritten ? changesBetween(req, before.facts, what.facts, reading.units) : [] };
    case 'record.published':
      return { what: t(`${key}.${what.by}`, { date: until(what.until) }), ...(what.reason === null ? {} : { said: what.reason }) };
    case 'record.marked':
      // An objection is named by its case, which stands among the cases; the others by their document.
      return { what: t(key, { mark: t(`records:mark.${what.mark}`) }), ...(what.mark === 'objection' ? {} : { said: what.because }) };
    case 'record.unmarked':
      return { what: t(key, { mark: t(`records:mark.${what.mark}`) }), said: what.result };
    case 'record.held':
    case 'record.unheld':
      return { what: t(key, { hold: t(`records:hold.${what.hold}`) }), said: withDocument(what, t) };
    case 'record.finalised':
      return { what: t(key), said: withDocument(what, t) };
    case 'record.used':
      return { what: t(key, { unit: nameOf(what.unit, at), measure: what.measure }), said: what.legalBasis };
    case 'record.released':
      return { what: t(key, { unit: nameOf(what.unit, at) }) };
    case 'record.served': {
      const { service, reason } = what;
      const written = !asWritten || service === null ? [reason ?? ''] : [howInWords(service, t), service.note, reason ?? ''];
      const name = what.corrects === null ? key : `${key}Corrected`;
      const told = service === null ? t(`${key}Not`) : t(name, { documents: documentsInWords(service, t), date: createMoments(t).day(service.servedOn).text });
      return { what: told, said: written.filter((line) => line !== '').join('\n') };
    }
    case 'record.kept':
      return { what: t(key), said: keptBy ?? what.rule };
    case 'record.looked':
      return { what: t(key), said: [...what.passages.map(({ text, as }) => t(`records:passage.${as}`, { text })), what.reason].join('\n') };
    case 'record.withheld':
      return { what: t(key) };
    case 'record.performed':
    case 'record.reasonMended':
    case 'record.unpublished':
    case 'record.withdrawn':
      return { what: t(key), said: what.reason };
    case 'record.restored':
      return { what: t(key, { date: until(what.until) }) };
    case 'record.ended':
    case 'record.repaired':
      return { what: t(key) };
  }
}

/** Half a minute between happening and recording is the machine's own; more means that it was written later. */
const writtenLaterMs = 30_000;

export function timelineOf(req: Request, parts: ShowParts): Timeline {
  const moments = createMoments(req.t);
  const nameOf = unitNames(parts.reading.units, req.locale, 'short');
  let state: RecordState | null = null;
  const entries = parts.events.map((event): TimelineEntry => {
    const words = said(req, state, event, parts);
    // The state is folded in place, and what it was is compared with what comes.
    state = state === null ? storedRecord(parts.record.id, event) : applyToRecord(structuredClone(state), event);
    const { actor, at, recordedAt, seq } = event;
    const later = Date.parse(recordedAt) - Date.parse(at) > writtenLaterMs;
    return {
      id: `event-${seq}`,
      by: actor ? 'person' : 'system',
      ...(actor ? { who: actor.name, office: nameOf(actor.unit, at) } : {}),
      when: moments.tableTime(new Date(at)),
      ...(later ? { recorded: moments.tableTime(new Date(recordedAt)) } : {}),
      ...words,
    };
  });
  const href = `${listPath}/${parts.record.id}`;
  return {
    order: parts.order,
    switchHref: parts.order === 'newest' ? `${href}?order=oldest#timeline` : `${href}#timeline`,
    groups: [{ stage: req.t('records:show.fromBeginning'), open: true, entries: parts.order === 'newest' ? entries.toReversed() : entries }],
  };
}
