import { ANY_NORMAL, ANYTHING, CLUSTER } from '../resources.ts'
import { RESTORE, USER_ADMIN } from './actions.ts'
import { allow, type BuiltInRole, onDatabase, onEach, onOne } from './role.ts'

const LIST = ['collStats', 'listCollections', 'listIndexes', 'listSearchIndexes'] as const

/** Roles of the tools that dump and restore. Source: builtin_roles.yml (8.0). */
export const BACKUP_ROLES = {
  __queryableBackup: {
    adminOnly: true,
    privileges: () => [
      allow(ANYTHING, LIST),
      allow(ANY_NORMAL, ['find']),
      allow(CLUSTER, ['getParameter', 'listDatabases', 'useUUID']),
      onDatabase('config', ['find']),
      onDatabase('local', ['find']),
      onOne('local.replset.election', ['find']),
      onOne('local.replset.minvalid', ['find']),
      onEach('system.js', ['find']),
      onEach('system.users', ['find']),
      onEach('system.profile', ['find']),
      onOne('admin.system.backup_users', ['find']),
      onOne('admin.system.roles', ['find']),
      onOne('admin.system.version', ['find']),
      onOne('config.settings', ['find']),
    ],
  },
  backup: {
    adminOnly: true,
    includes: ['__queryableBackup'],
    privileges: () => [
      allow(CLUSTER, ['appendOplogNote', 'serverStatus', 'setUserWriteBlockMode']),
      onOne('config.settings', ['insert', 'update']),
    ],
  },
  restore: {
    adminOnly: true,
    privileges: () => [
      allow(CLUSTER, [
        'applyOps',
        'bypassWriteBlockingMode',
        'forceUUID',
        'getParameter',
        'setUserWriteBlockMode',
        'useUUID',
      ]),
      onDatabase('local', RESTORE),
      onDatabase('config', RESTORE),
      onOne('local.system.replset', RESTORE),
      onOne('local.replset.election', RESTORE),
      onOne('local.replset.minvalid', RESTORE),
      allow(ANYTHING, ['listCollections']),
      allow(ANY_NORMAL, [...RESTORE, ...USER_ADMIN]),
      onEach('system.js', RESTORE),
      onOne('admin.tempusers', ['find']),
      onOne('admin.temproles', ['find']),
      onOne('admin.system.backup_users', RESTORE),
      onOne('admin.system.version', [...RESTORE, 'find']),
      onEach('system.users', [...RESTORE, 'find', 'remove', 'update']),
      onOne('admin.system.roles', ['createIndex']),
    ],
  },
} as const satisfies Readonly<Record<string, BuiltInRole>>
