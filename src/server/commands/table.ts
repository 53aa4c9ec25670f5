import type { CommandDescriptor } from '../descriptor.ts'
import { RegisteredCommand } from '../registered_command.ts'
import { abortTransaction } from './abort_transaction.ts'
import { aggregate } from './aggregate.ts'
import { buildInfo } from './build_info.ts'
import { bulkWrite } from './bulk_write.ts'
import { collMod } from './coll_mod.ts'
import { collStats } from './coll_stats.ts'
import { commitTransaction } from './commit_transaction.ts'
import { getDefaultRWConcern } from './concerns/get_default_rw_concern.ts'
import { setDefaultRWConcern } from './concerns/set_default_rw_concern.ts'
import { configureFailPoint } from './configure_fail_point.ts'
import { connectionStatus } from './connection_status.ts'
import { count } from './count.ts'
import { create } from './create.ts'
import { createIndexes } from './create_indexes.ts'
import { currentOp } from './current_op.ts'
import { dbStats } from './db_stats.ts'
import { deleteCommand } from './delete.ts'
import { distinct } from './distinct.ts'
import { drop } from './drop.ts'
import { dropDatabase } from './drop_database.ts'
import { dropIndexes } from './drop_indexes.ts'
import { endSessions } from './end_sessions.ts'
import { explain } from './explain.ts'
import { find } from './find.ts'
import { findAndModify } from './find_and_modify.ts'
import { getCmdLineOpts } from './get_cmd_line_opts.ts'
import { getLog } from './get_log.ts'
import { getMore } from './get_more.ts'
import { getParameter } from './get_parameter.ts'
import { hello } from './hello.ts'
import { hostInfo } from './host_info.ts'
import { insert } from './insert.ts'
import { isMaster } from './is_master.ts'
import { killAllSessions } from './kill_all_sessions.ts'
import { killAllSessionsByPattern } from './kill_all_sessions_by_pattern.ts'
import { killCursors } from './kill_cursors.ts'
import { killOp } from './kill_op.ts'
import { killSessions } from './kill_sessions.ts'
import { listCollections } from './list_collections.ts'
import { listCommands } from './list_commands.ts'
import { listDatabases } from './list_databases.ts'
import { listIndexes } from './list_indexes.ts'
import { authenticate } from './login/authenticate.ts'
import { logout } from './login/logout.ts'
import { saslContinue } from './login/sasl_continue.ts'
import { saslStart } from './login/sasl_start.ts'
import { mapReduce } from './map_reduce.ts'
import { palimpsestAdvanceClock } from './palimpsest_advance_clock.ts'
import { ping } from './ping.ts'
import { profile } from './profile.ts'
import { refreshSessions } from './refresh_sessions.ts'
import { renameCollection } from './rename_collection.ts'
import { replSetFreeze } from './repl_set_freeze.ts'
import { replSetGetConfig } from './repl_set_get_config.ts'
import { replSetGetStatus } from './repl_set_get_status.ts'
import { replSetInitiate } from './repl_set_initiate.ts'
import { replSetReconfig } from './repl_set_reconfig.ts'
import { replSetStepDown } from './repl_set_step_down.ts'
import {
  createSearchIndexes,
  dropSearchIndex,
  listSearchIndexes,
  updateSearchIndex,
} from './search/search_indexes.ts'
import { serverStatus } from './server_status.ts'
import { setParameter } from './set_parameter.ts'
import { shutdown } from './shutdown.ts'
import { startSession } from './start_session.ts'
import { connPoolStats } from './statistics/conn_pool_stats.ts'
import { dataSize } from './statistics/data_size.ts'
import { features } from './statistics/features.ts'
import { shardingState } from './statistics/sharding_state.ts'
import { top } from './statistics/top.ts'
import { testVersion2 } from './testing/test_version_2.ts'
import { waitForFailPoint } from './testing/wait_for_fail_point.ts'
import { update } from './update.ts'
import { cloneCollectionAsCapped } from './upkeep/clone_collection_as_capped.ts'
import { compact } from './upkeep/compact.ts'
import { convertToCapped } from './upkeep/convert_to_capped.ts'
import { fsync } from './upkeep/fsync.ts'
import { fsyncUnlock } from './upkeep/fsync_unlock.ts'
import { logRotate } from './upkeep/log_rotate.ts'
import { planCacheClear } from './upkeep/plan_cache_clear.ts'
import { reIndex } from './upkeep/re_index.ts'
import { setFeatureCompatibilityVersion } from './upkeep/set_feature_compatibility_version.ts'
import { createUser } from './users/create_user.ts'
import { dropAllUsersFromDatabase } from './users/drop_all_users_from_database.ts'
import { dropUser } from './users/drop_user.ts'
import { grantRolesToUser } from './users/grant_roles_to_user.ts'
import { revokeRolesFromUser } from './users/revoke_roles_from_user.ts'
import { rolesInfo } from './users/roles_info.ts'
import { updateUser } from './users/update_user.ts'
import { usersInfo } from './users/users_info.ts'
import { validate } from './validate.ts'
import { whatsMyUri } from './whats_my_uri.ts'

/** Every command there is. The order means nothing. */
export const COMMANDS = [
  abortTransaction,
  aggregate,
  authenticate,
  buildInfo,
  bulkWrite,
  cloneCollectionAsCapped,
  collMod,
  collStats,
  commitTransaction,
  compact,
  configureFailPoint,
  connectionStatus,
  connPoolStats,
  convertToCapped,
  count,
  create,
  createIndexes,
  createSearchIndexes,
  createUser,
  currentOp,
  dataSize,
  dbStats,
  deleteCommand,
  distinct,
  drop,
  dropAllUsersFromDatabase,
  dropDatabase,
  dropIndexes,
  dropSearchIndex,
  dropUser,
  endSessions,
  explain((name) => findCommand(name)),
  features,
  find,
  findAndModify,
  fsync,
  fsyncUnlock,
  getCmdLineOpts,
  getDefaultRWConcern,
  getLog,
  getMore,
  getParameter,
  grantRolesToUser,
  hello,
  hostInfo,
  insert,
  isMaster,
  killAllSessions,
  killAllSessionsByPattern,
  killCursors,
  killOp,
  killSessions,
  listCollections,
  listCommands(() => REGISTERED),
  listDatabases,
  listIndexes,
  listSearchIndexes,
  logout,
  logRotate,
  mapReduce,
  palimpsestAdvanceClock,
  ping,
  planCacheClear,
  profile,
  refreshSessions,
  reIndex,
  renameCollection,
  replSetFreeze,
  replSetGetConfig,
  replSetGetStatus,
  replSetInitiate,
  replSetReconfig,
  replSetStepDown,
  revokeRolesFromUser,
  rolesInfo,
  saslContinue,
  saslStart,
  serverStatus,
  setDefaultRWConcern,
  setFeatureCompatibilityVersion,
  setParameter,
  shardingState,
  shutdown,
  startSession,
  testVersion2,
  top,
  update,
  updateSearchIndex,
  updateUser,
  usersInfo,
  validate,
  waitForFailPoint,
  whatsMyUri,
] as const satisfies readonly CommandDescriptor[]

export type CommandName = (typeof COMMANDS)[number]['name']

const REGISTERED: readonly RegisteredCommand[] = COMMANDS.map(
  (descriptor: CommandDescriptor) => new RegisteredCommand(descriptor),
)

const BY_NAME: ReadonlyMap<string, RegisteredCommand> = new Map(
  REGISTERED.flatMap((command) =>
    [command.name, ...command.aliases].map((name) => [name, command] as const),
  ),
)

/** The command of this name or alias. Names are case-sensitive, as the server's are. */
export function findCommand(name: string): RegisteredCommand | undefined {
  return BY_NAME.get(name)
}
