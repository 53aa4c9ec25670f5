import { isDocument } from '../../../bson/index.ts'
import type { CommandName } from '../../commands/table.ts'
import { runsPipeline } from './pipeline.ts'
import {
  type Asked,
  elementsOf,
  nothing,
  onCluster,
  onDatabase,
  onNamespace,
  type Requirement,
} from './requirement.ts'
import {
  createsUser,
  grantsRoles,
  looksAtRoles,
  looksAtUsers,
  revokesRoles,
  updatesUser,
} from './users.ts'
import {
  clonesAsCapped,
  creates,
  findsAndModifies,
  inserts,
  measuresData,
  profiles,
  removes,
  renames,
  updates,
  writesInBulk,
} from './writes.ts'

/** An explained command needs what it needs when it runs. */
const explains: Requirement = (asked) => {
  const inner = asked.command['explain']
  if (!isDocument(inner)) return true
  const [name = ''] = Object.keys(inner)
  const requirement = requirementOf(name)
  if (requirement === undefined) return true
  const coll = inner[name]
  const ns = typeof coll === 'string' ? { db: asked.ns.db, coll } : asked.ns
  return requirement({ ...asked, command: inner, ns })
}

/** One's own cursors one may always kill. Source: `checkAuthForKillCursors` (8.0). */
const killsCursors: Requirement = ({ command, ns, authorization, server }: Asked): boolean => {
  const { privileges, sessionOwner } = authorization
  if (privileges.allowsOnCluster('killAnyCursor')) return true
  if (privileges.allowsOn(ns, 'killAnyCursor')) return true
  return elementsOf(command['cursors']).every((id) => {
    const cursor = server.engine.cursors.get(Number(id))
    return cursor === undefined || cursor.origin.owner === sessionOwner.name
  })
}

/** As well as one's own operations. */
const killsOperation: Requirement = ({ command, authorization, server }: Asked): boolean => {
  if (authorization.privileges.allowsOnCluster('killop')) return true
  const owner = server.waiting.get(Number(command['op']))?.connection.authorization.user
  return owner !== undefined && authorization.isUser(owner.name)
}

const looksAtOperations: Requirement = ({ command, authorization }: Asked): boolean =>
  command['$ownOps'] === true || authorization.privileges.allowsOnCluster('inprog')

/** The names of what one may look into, everybody may know. Source: `checkAuthorizedToList...` */
const listsCollections: Requirement = ({ command, ns, authorization: { privileges } }: Asked) => {
  const isModest = command['nameOnly'] === true && command['authorizedCollections'] === true
  if (isModest && privileges.allowsSomethingIn(ns.db)) return true
  return privileges.allowsOnDatabase(ns.db, 'listCollections')
}

/** What each command asks of the roles of whoever sends it. */
const REQUIREMENTS = {
  abortTransaction: nothing,
  aggregate: runsPipeline,
  authenticate: nothing,
  buildInfo: nothing,
  bulkWrite: writesInBulk,
  cloneCollectionAsCapped: clonesAsCapped,
  collMod: onNamespace('collMod'),
  collStats: onNamespace('collStats'),
  commitTransaction: nothing,
  compact: onNamespace('compact'),
  configureFailPoint: nothing,
  connectionStatus: nothing,
  connPoolStats: onCluster('connPoolStats'),
  convertToCapped: onNamespace('convertToCapped'),
  count: onNamespace('find'),
  create: creates,
  createIndexes: onNamespace('createIndex'),
  createSearchIndexes: onNamespace('createSearchIndexes'),
  createUser: createsUser,
  currentOp: looksAtOperations,
  dataSize: measuresData,
  dbStats: onDatabase('dbStats'),
  delete: removes,
  distinct: onNamespace('find'),
  drop: onNamespace('dropCollection'),
  dropAllUsersFromDatabase: onDatabase('dropUser'),
  dropDatabase: onDatabase('dropDatabase'),
  dropIndexes: onNamespace('dropIndex'),
  dropSearchIndex: onNamespace('dropSearchIndex'),
  dropUser: onDatabase('dropUser'),
  endSessions: nothing,
  explain: explains,
  features: nothing,
  find: onNamespace('find'),
  findAndModify: findsAndModifies,
  fsync: onCluster('fsync'),
  fsyncUnlock: onCluster('unlock'),
  getCmdLineOpts: onCluster('getCmdLineOpts'),
  getDefaultRWConcern: onCluster('getDefaultRWConcern'),
  getLog: onCluster('getLog'),
  getMore: nothing,
  getParameter: onCluster('getParameter'),
  grantRolesToUser: grantsRoles,
  hello: nothing,
  hostInfo: onCluster('hostInfo'),
  insert: inserts,
  isMaster: nothing,
  killAllSessions: onCluster('killAnySession'),
  killAllSessionsByPattern: onCluster('killAnySession'),
  killCursors: killsCursors,
  killOp: killsOperation,
  killSessions: nothing,
  listCollections: listsCollections,
  listCommands: nothing,
  /** It shows less to those who may see less. */
  listDatabases: nothing,
  listIndexes: onNamespace('listIndexes'),
  listSearchIndexes: onNamespace('listSearchIndexes'),
  logout: nothing,
  logRotate: onCluster('logRotate'),
  mapReduce: onNamespace('find'),
  palimpsestAdvanceClock: nothing,
  ping: nothing,
  planCacheClear: onNamespace('planCacheWrite'),
  profile: profiles,
  refreshSessions: nothing,
  reIndex: onNamespace('reIndex'),
  renameCollection: renames,
  replSetFreeze: onCluster('replSetStateChange'),
  replSetGetConfig: onCluster('replSetGetConfig'),
  replSetGetStatus: onCluster('replSetGetStatus'),
  replSetInitiate: onCluster('replSetConfigure'),
  replSetReconfig: onCluster('replSetConfigure'),
  replSetStepDown: onCluster('replSetStateChange'),
  revokeRolesFromUser: revokesRoles,
  rolesInfo: looksAtRoles,
  saslContinue: nothing,
  saslStart: nothing,
  serverStatus: onCluster('serverStatus'),
  setDefaultRWConcern: onCluster('setDefaultRWConcern'),
  setFeatureCompatibilityVersion: onCluster('setFeatureCompatibilityVersion'),
  setParameter: onCluster('setParameter'),
  shardingState: onCluster('shardingState'),
  shutdown: onCluster('shutdown'),
  startSession: nothing,
  testVersion2: nothing,
  top: onCluster('top'),
  update: updates,
  updateSearchIndex: onNamespace('updateSearchIndex'),
  updateUser: updatesUser,
  usersInfo: looksAtUsers,
  validate: onNamespace('validate'),
  waitForFailPoint: nothing,
  whatsmyuri: nothing,
} as const satisfies Partial<Record<CommandName, Requirement>>

const BY_NAME: ReadonlyMap<string, Requirement> = new Map(Object.entries(REQUIREMENTS))

/** Undefined for a command that is not in the table, and so may be run by nobody. */
export function requirementOf(commandName: string): Requirement | undefined {
  return BY_NAME.get(commandName)
}
