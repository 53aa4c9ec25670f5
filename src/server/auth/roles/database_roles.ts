import { ANY_NORMAL, CLUSTER } from '../resources.ts'
import { DB_ADMIN, PROFILE_ADMIN, READ, READ_WRITE, SHARD, USER_ADMIN } from './actions.ts'
import { allow, type BuiltInRole, onDatabase, onEach, onOne } from './role.ts'

const READ_AND_INDEX = [
  ...READ,
  'createIndex',
  'createSearchIndexes',
  'dropIndex',
  'dropSearchIndex',
] as const

/** Roles about one database, and their likes about all. Source: builtin_roles.yml (8.0). */
export const DATABASE_ROLES = {
  read: { privileges: (db) => [onDatabase(db, READ), onOne(`${db}.system.js`, READ)] },
  readWrite: {
    privileges: (db) => [onDatabase(db, READ_WRITE), onOne(`${db}.system.js`, READ_WRITE)],
  },
  userAdmin: { privileges: (db) => [onDatabase(db, USER_ADMIN)] },
  dbAdmin: {
    privileges: (db) => [onDatabase(db, DB_ADMIN), onOne(`${db}.system.profile`, PROFILE_ADMIN)],
  },
  dbOwner: { includes: ['readWrite', 'dbAdmin', 'userAdmin'], privileges: () => [] },
  enableSharding: { privileges: () => [allow(ANY_NORMAL, SHARD)] },
  readAnyDatabase: {
    adminOnly: true,
    privileges: () => [
      allow(ANY_NORMAL, READ),
      allow(CLUSTER, ['listDatabases']),
      onEach('system.js', READ),
    ],
  },
  readWriteAnyDatabase: {
    adminOnly: true,
    includes: ['readAnyDatabase'],
    privileges: () => [allow(ANY_NORMAL, READ_WRITE), onEach('system.js', READ_WRITE)],
  },
  userAdminAnyDatabase: {
    adminOnly: true,
    privileges: () => [
      allow(ANY_NORMAL, [...USER_ADMIN, 'listCachedAndActiveUsers']),
      onDatabase('local', USER_ADMIN),
      onDatabase('config', USER_ADMIN),
      allow(CLUSTER, ['authSchemaUpgrade', 'invalidateUserCache', 'listDatabases', 'viewUser']),
      onOne('admin.system.users', READ_AND_INDEX),
      onOne('admin.system.roles', READ_AND_INDEX),
      onEach('system.users', READ),
      onOne('admin.system.version', READ),
      onOne('admin.system.backup_users', READ),
    ],
  },
  dbAdminAnyDatabase: {
    adminOnly: true,
    privileges: () => [
      allow(CLUSTER, ['applyOps', 'listDatabases']),
      allow(ANY_NORMAL, DB_ADMIN),
      onEach('system.profile', PROFILE_ADMIN),
    ],
  },
} as const satisfies Readonly<Record<string, BuiltInRole>>
