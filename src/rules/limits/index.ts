export {
  decisionRefusal,
  keepersOf,
  mayPropose,
  ruleGroups,
  ruleKindOf,
  ruleKinds,
  valueFault,
  type DecisionRefusal,
  type RuleGroup,
  type RuleKind,
  type ValueFault,
} from './catalogue.ts';
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
