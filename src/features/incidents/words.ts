import type { Translate } from '../../platform/i18n.ts';
import type { Badge } from '../../platform/http/view-models.ts';
import type { Level } from '../../rules/incident/facts.ts';

const tones: Record<Level, Badge['tone']> = { general: 'plain', large: 'plain', major: 'soon', extraordinary: 'late' };

export function levelBadge(level: Level, t: Translate): Badge {
  return { label: t(`stages:level.${level}`), tone: tones[level] };
}

/** Where an incident stands, in words: the step it is at, or how it was closed. */
export function standingOf({ status, step, outcome }: { status: 'open' | 'closed'; step: string | null; outcome: string | null }, t: Translate): string {
  if (status === 'closed') return t('common:case.closedAs', { outcome: t(`stages:closing.${outcome ?? 'handled'}`) });
  return step === null ? t('common:case.beginning') : t(`stages:step.${step}`);
}
