import { createMoments } from '../../platform/http/moments.ts';
import type { Cell, DataTable, Heading, Page, Tabs } from '../../platform/http/view-models.ts';
import { ruleGroups, ruleKinds, type RuleGroup } from '../../rules/limits/index.ts';
import type { RuleVersion } from './queries.ts';
import { domainsIn, nextVersion, noneInForce, rolesInWords, ruleHref, ruleName, statusOf, valueInWords, versionOn, type Reader } from './words.ts';

export interface ListView {
  page: Page;
  heading: Heading;
  /** The way to each group, as the page is long. */
  ways: Tabs;
  groups: { id: string; title: string; note: string; table: DataTable }[];
}

/** All rules of the groups the reader may see, with the version in force today. */
export function presentList(versions: readonly RuleVersion[], groups: readonly RuleGroup[], reader: Reader): ListView {
  const { t } = reader;
  const title = t('rules:list.title');
  const shown = ruleGroups.filter((group) => groups.includes(group));
  return {
    page: { title, width: 'full' },
    heading: { title, lead: t('rules:list.lead') },
    ways: {
      label: t('rules:list.groups'),
      items: shown.map((group) => ({ href: `#group-${group}`, label: t(`rules:groupShort.${group}`), current: false })),
    },
    groups: shown.map((group) => ({
      id: `group-${group}`,
      title: t(`rules:group.${group}`),
      note: t('rules:list.keepers', { propose: rolesInWords(group, 'propose', t), confirm: rolesInWords(group, 'confirm', t) }),
      table: groupTable(group, versions, reader),
    })),
  };
}

function groupTable(group: RuleGroup, versions: readonly RuleVersion[], reader: Reader): DataTable {
  const { t, today } = reader;
  const moments = createMoments(t);
  // Of a field, only what is in force or to come: what has ended is on the rule's own page.
  const rules = ruleKinds.filter((kind) => kind.group === group).flatMap(({ code }) => [null, ...domainsIn(versions, code)].map((domain) => ({
    which: { code, domain },
    current: versionOn(versions, { code, domain }, today),
    next: nextVersion(versions, { code, domain }, today),
  }))).filter(({ which, current, next }) => which.domain === null || current !== undefined || next !== undefined);
  const anyNext = rules.some(({ next }) => next !== undefined);
  return {
    caption: t(`rules:group.${group}`),
    columns: [
      { key: 'name', label: t('rules:column.name'), line: 1 },
      { key: 'value', label: t('rules:column.value'), line: 2, tight: true },
      { key: 'since', label: t('rules:column.since'), line: 3, named: true, tight: true },
      ...(anyNext ? [{ key: 'next', label: t('rules:column.next'), line: 3 as const, tight: true }] : []),
      { key: 'basis', label: t('rules:column.basis') },
    ],
    rows: rules.map(({ which, current, next }) => ({
      id: which.domain === null ? which.code : `${which.code}.${which.domain}`,
      ...(next?.status === 'proposed' ? { tone: 'soon' as const } : {}),
      cells: {
        name: { kind: 'link', href: ruleHref(which), label: ruleName(which, t), note: which.code },
        value: current ? valueInWords(current, t) : noneInForce(versions, which, reader),
        since: current ? { kind: 'when', when: moments.table(current.effectiveFrom) } : { kind: 'none' },
        next: nextCell(next, reader),
        basis: current ? current.legalBasis : { kind: 'none' },
      },
    })),
    empty: { title: t('rules:list.none') },
  };
}

function nextCell(next: RuleVersion | undefined, { t, today }: Reader): Cell {
  if (!next) return '';
  const { label } = statusOf(next, today, t);
  return { kind: 'lines', lines: [`${label}${t('ui:common.colon')}${valueInWords(next, t)}`, t('rules:list.from', { date: next.effectiveFrom })] };
}
