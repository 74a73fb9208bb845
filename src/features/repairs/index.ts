import { Router } from 'express';
import type { FeatureFactory } from '../../platform/http/feature.ts';
import { hasRole, isAdministrator } from '../../rules/people.ts';
import { caseRoutes, deskRoutes } from '../cases/index.ts';
import { documentRoutes } from '../documents/index.ts';
import { intakeRoutes, type IntakeParts } from '../intake/index.ts';
import { repairView, staffOf } from './show.ts';

export { createRepairMachines, pushLengths, type RepairMachines } from './machines.ts';
export { presentApplication, staffOf } from './show.ts';
export { repairPages } from './stages/index.ts';
export { knownOfRecord } from './stages/known.ts';
export { identityFacts, remarkLines } from './stages/parts.ts';
export { measureBlock, recordBlocks } from './stages/record-block.ts';

export type RepairParts = Omit<IntakeParts, 'ground'>;

/** Credit repair: the desk of applications, the page of each, and its documents (`/repairs`). */
export const repairs =
  (parts: RepairParts): FeatureFactory =>
  (ground) => {
    const router = Router();
    const all = { ...parts, ground };
    deskRoutes(router, all, { kind: 'repair', words: 'repairs', staffOf, newOne: { href: '/repairs/new', mayBy: (person) => hasRole(person, 'handler') } });
    intakeRoutes(router, all, 'repair');
    documentRoutes(router, all, { kind: 'repair', list: { title: 'repairs:title', href: '/repairs' }, staffOf });
    caseRoutes(router, all, repairView);
    return [
      {
        access: 'staff',
        path: '/repairs',
        router,
        nav: [{ href: '/repairs', label: 'repairs:title', icon: 'shield', order: 50, shownTo: (person) => !isAdministrator(person) }],
      },
    ];
  };
