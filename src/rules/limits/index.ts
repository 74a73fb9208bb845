export {
  decisionRefusal,
  keepersOf,
  mayPropose,
  ruleDomains,
  ruleGroups,
  ruleKindOf,
  ruleKinds,
  valueFault,
  type DecisionRefusal,
  type RuleDomain,
  type RuleGroup,
  type RuleKind,
  type ValueFault,
} from './catalogue.ts';
export { internalNotes, publicBasis } from './basis.ts';
export {
  dayBefore,
  isValidOn,
  limitUnits,
  NoRuleValid,
  numberOf,
  ruleOn,
  termOf,
  type Limit,
  type LimitUnit,
} from './limit.ts';
