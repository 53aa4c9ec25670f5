import { describe, expect, it } from 'vitest'
import type { RoleName } from '../../../src/server/auth/names.ts'
import { PrivilegeSet } from '../../../src/server/auth/privilege_set.ts'
import type { Action } from '../../../src/server/auth/roles/actions.ts'
import { builtInRolesOf, checkRolesExist } from '../../../src/server/auth/roles/table.ts'

const setOf = (...roles: readonly string[]): PrivilegeSet => PrivilegeSet.ofRoles(roles.map(nameOf))

/** `readWrite@shop` */
function nameOf(text: string): RoleName {
  const [role = '', db = ''] = text.split('@')
  return { role, db }
}

/** `shop.stock`: a namespace; `shop`: a database; `cluster`. */
function allows(privileges: PrivilegeSet, action: Action, on: string): boolean {
  if (on === 'cluster') return privileges.allowsOnCluster(action)
  const dot = on.indexOf('.')
  if (dot === -1) return privileges.allowsOnDatabase(on, action)
  return privileges.allowsOn({ db: on.slice(0, dot), coll: on.slice(dot + 1) }, action)
}

// Source: builtin_roles.yml, resource_pattern_search_list.h (8.0).
describe('what built-in roles allow', () => {
  it.each<[role: string, action: Action, on: string, allowed: boolean]>([
    // role                  action               on                        allowed
    ['read@shop', 'find', 'shop.stock', true],
    ['read@shop', 'insert', 'shop.stock', false],
    ['read@shop', 'find', 'other.stock', false],
    ['read@shop', 'find', 'shop.system.js', true],
    ['read@shop', 'find', 'shop.system.profile', false],
    ['read@shop', 'listCollections', 'shop', true],
    ['readWrite@shop', 'insert', 'shop.stock', true],
    ['readWrite@shop', 'createIndex', 'shop.stock', true],
    ['readWrite@shop', 'dropDatabase', 'shop', false],
    ['readWrite@shop', 'collMod', 'shop.stock', false],
    ['readWrite@shop', 'serverStatus', 'cluster', false],
    ['dbAdmin@shop', 'find', 'shop.stock', false],
    ['dbAdmin@shop', 'collMod', 'shop.stock', true],
    ['dbAdmin@shop', 'dropDatabase', 'shop', true],
    ['dbAdmin@shop', 'find', 'shop.system.profile', true],
    ['dbAdmin@shop', 'enableProfiler', 'shop', true],
    ['userAdmin@shop', 'createUser', 'shop', true],
    ['userAdmin@shop', 'createUser', 'admin', false],
    ['userAdmin@shop', 'find', 'shop.stock', false],
    ['dbOwner@shop', 'insert', 'shop.stock', true],
    ['dbOwner@shop', 'collMod', 'shop.stock', true],
    ['dbOwner@shop', 'grantRole', 'shop', true],
    ['dbOwner@shop', 'find', 'other.stock', false],
    ['readAnyDatabase@admin', 'find', 'shop.stock', true],
    ['readAnyDatabase@admin', 'find', 'local.oplog.rs', false],
    ['readAnyDatabase@admin', 'find', 'config.transactions', false],
    ['readAnyDatabase@admin', 'listDatabases', 'cluster', true],
    ['readAnyDatabase@admin', 'insert', 'shop.stock', false],
    ['readWriteAnyDatabase@admin', 'insert', 'shop.stock', true],
    ['readWriteAnyDatabase@admin', 'listDatabases', 'cluster', true],
    ['dbAdminAnyDatabase@admin', 'collMod', 'shop.stock', true],
    ['dbAdminAnyDatabase@admin', 'find', 'shop.stock', false],
    ['userAdminAnyDatabase@admin', 'createUser', 'shop', true],
    ['userAdminAnyDatabase@admin', 'createUser', 'local', true],
    ['userAdminAnyDatabase@admin', 'insert', 'shop.stock', false],
    ['clusterMonitor@admin', 'serverStatus', 'cluster', true],
    ['clusterMonitor@admin', 'find', 'config.transactions', true],
    ['clusterMonitor@admin', 'find', 'shop.stock', false],
    ['clusterMonitor@admin', 'shutdown', 'cluster', false],
    ['hostManager@admin', 'killop', 'cluster', true],
    ['clusterManager@admin', 'replSetConfigure', 'cluster', true],
    ['clusterAdmin@admin', 'shutdown', 'cluster', true],
    ['clusterAdmin@admin', 'dropDatabase', 'shop', true],
    ['clusterAdmin@admin', 'insert', 'shop.stock', false],
    ['backup@admin', 'find', 'shop.stock', true],
    ['backup@admin', 'insert', 'shop.stock', false],
    ['restore@admin', 'insert', 'shop.stock', true],
    ['restore@admin', 'find', 'shop.stock', false],
    ['root@admin', 'find', 'shop.stock', true],
    ['root@admin', 'insert', 'shop.stock', true],
    ['root@admin', 'shutdown', 'cluster', true],
    ['root@admin', 'createUser', 'shop', true],
    ['root@admin', 'insert', 'local.stock', true],
    ['root@admin', 'validate', 'shop.system.views', true],
    ['root@admin', 'insert', 'shop.system.views', false],
  ])('%s: %s on %s: %j', (role, action, on, allowed) => {
    expect(allows(setOf(role), action, on)).toBe(allowed)
  })

  it('roles together allow what each of them does', () => {
    const both = setOf('read@shop', 'readWrite@other')
    expect(allows(both, 'find', 'shop.a')).toBe(true)
    expect(allows(both, 'insert', 'other.a')).toBe(true)
    expect(allows(both, 'insert', 'shop.a')).toBe(false)
  })

  it('no role, nothing', () => {
    expect(allows(setOf(), 'find', 'shop.stock')).toBe(false)
    expect(setOf().allowsSomethingIn('shop')).toBe(false)
  })
})

describe('where roles allow anything', () => {
  it.each([
    ['read@shop', 'shop', true],
    ['read@shop', 'other', false],
    ['readAnyDatabase@admin', 'other', true],
    ['hostManager@admin', 'local', false],
    ['clusterMonitor@admin', 'local', true],
  ])('%s in %s: %j', (role, db, something) => {
    expect(setOf(role).allowsSomethingIn(db)).toBe(something)
  })
})

describe('which roles there are', () => {
  it('some on every database, more on admin', () => {
    expect(builtInRolesOf('shop').map(({ role }) => role)).toEqual([
      'read',
      'readWrite',
      'userAdmin',
      'dbAdmin',
      'dbOwner',
      'enableSharding',
    ])
    expect(builtInRolesOf('admin')).toHaveLength(19)
  })

  // Source: makeRoleNotFoundStatus, authorization_backend_local.cpp
  it.each([
    [['nosuch@shop'], 'Could not find role: nosuch@shop'],
    [['root@shop'], 'Could not find role: root@shop'],
    [['read@shop', 'a@x', 'b@x'], 'Could not find roles: a@x, b@x'],
  ])('%j', (roles, message) => {
    const check = () => checkRolesExist(roles.map(nameOf))
    expect(check).toThrow(message)
    expect(check).toThrow(expect.objectContaining({ code: 31, codeName: 'RoleNotFound' }))
  })
})

it('privileges show each resource once, with its actions in order', () => {
  const documents = setOf('readAnyDatabase@admin', 'readWriteAnyDatabase@admin').documents()
  const resources = documents.map(({ resource }) => JSON.stringify(resource))
  expect(new Set(resources).size).toBe(resources.length)
  const normal = resources.indexOf(JSON.stringify({ db: '', collection: '' }))
  const actions = documents[normal]!['actions'] as string[]
  expect(actions).toEqual([...actions].sort())
  expect(actions).toContain('insert')
})
