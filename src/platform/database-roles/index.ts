export { establishRoles, setPassword, type Login, type Roles } from './establish.ts';
export { grantAhead, grantRights } from './rights.ts';
export { logStanding, standingOf, warningOf } from './standing.ts';
