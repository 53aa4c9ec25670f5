import { ANY_NORMAL, ANYTHING, CLUSTER } from '../resources.ts'
import {
  MANAGE_CLUSTER,
  MANAGE_DATABASE,
  MANAGE_HOST,
  MONITOR_CLUSTER,
  MONITOR_DATABASE,
  READ,
} from './actions.ts'
import { allow, type BuiltInRole, onDatabase, onEach, onOne } from './role.ts'

const WRITE = ['insert', 'remove', 'update'] as const

/** Roles about the server as a whole. Source: builtin_roles.yml (8.0). */
export const CLUSTER_ROLES = {
  clusterMonitor: {
    adminOnly: true,
    includes: [
      { role: 'read', db: 'config' },
      { role: 'read', db: 'local' },
    ],
    privileges: () => [
      allow(CLUSTER, MONITOR_CLUSTER),
      allow(ANY_NORMAL, MONITOR_DATABASE),
      onDatabase('config', MONITOR_DATABASE),
      onOne('config.system.sessions', MONITOR_DATABASE),
      onDatabase('local', MONITOR_DATABASE),
      onOne('local.system.replset', ['find']),
      onOne('local.replset.election', ['find']),
      onOne('local.replset.minvalid', ['find']),
      onEach('system.profile', ['find']),
    ],
  },
  hostManager: {
    adminOnly: true,
    privileges: () => [allow(CLUSTER, MANAGE_HOST), allow(ANY_NORMAL, ['killCursors'])],
  },
  clusterManager: {
    adminOnly: true,
    includes: [{ role: 'read', db: 'config' }],
    privileges: () => [
      allow(CLUSTER, MANAGE_CLUSTER),
      allow(ANY_NORMAL, MANAGE_DATABASE),
      onDatabase('config', [...MANAGE_DATABASE, ...WRITE]),
      onDatabase('local', [...MANAGE_DATABASE, ...WRITE]),
      onOne('local.system.replset', READ),
      allow(ANYTHING, ['dbCheck']),
      onOne('local.system.healthlog', READ),
      onOne('local.replset.election', WRITE),
      onOne('local.replset.minvalid', WRITE),
    ],
  },
  clusterAdmin: {
    adminOnly: true,
    includes: ['clusterMonitor', 'hostManager', 'clusterManager'],
    privileges: () => [
      allow(ANY_NORMAL, ['dropDatabase']),
      allow(ANYTHING, ['exportCollection', 'importCollection']),
    ],
  },
  directShardOperations: {
    adminOnly: true,
    privileges: () => [allow(CLUSTER, ['issueDirectShardOperations'])],
  },
  root: {
    adminOnly: true,
    includes: [
      'clusterAdmin',
      'userAdminAnyDatabase',
      'dbAdminAnyDatabase',
      'readWriteAnyDatabase',
      'backup',
      'restore',
      'directShardOperations',
    ],
    privileges: () => [
      allow(ANYTHING, ['validate']),
      allow(CLUSTER, ['useTenant']),
      onOne('config.system.preimages', ['find', 'remove']),
      onOne('config.system.change_collection', ['find', ...WRITE]),
    ],
  },
} as const satisfies Readonly<Record<string, BuiltInRole>>
