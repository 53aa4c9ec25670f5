/**
 * # server: commands over the engine
 *
 * Command documents in, reply documents out: the dispatcher, the envelope every command shares,
 * logical sessions and their check-out, transactions as clients drive them, cursors, fail points.
 *
 * Read `server.ts` (how a command passes), `entrance.ts` (what is checked on the way in, and in
 * which order), `sessions/session.ts`, then any file of `commands/`: one command each, all of one
 * shape.
 *
 * It promises that a server's error is a reply, never a throw. May import `engine`, `sim`, `bson`.
 */
export type { AuthOptions, UserOptions } from './auth/auth_options.ts'
export type { Users, UsersSave } from './auth/users.ts'
export type { CommandName } from './commands/table.ts'
export type { Connection, ConnectionOptions } from './connection.ts'
export type { FaultHandle } from './faults/armed_fault.ts'
export { ConnectionClosedError } from './faults/fail_command.ts'
export {
  CHAOS_KINDS,
  type ChaosKind,
  type ChaosOptions,
  type ConflictOptions,
  type DelayOptions,
  type FailOptions,
  type FaultScope,
  type StepDownOptions,
} from './faults/fault_options.ts'
export type { Faults, FaultsSave } from './faults/faults.ts'
export type { FaultCounts } from './faults/mishaps.ts'
export { ConnectionResetError, type FaultKind } from './faults/strike.ts'
export type { ReplicaSetConfig } from './replication/config.ts'
export { configDocument } from './replication/config.ts'
export type { ReplicaSet, ReplicationEvent } from './replication/replica_set.ts'
export { CommandServer, type Persona, type ServerOptions } from './server.ts'
export { type ExpiryMode, sweepPeriodMs } from './sessions/expiry.ts'
export type { CommandLine, ShutdownRequest } from './state.ts'
export type { SendOptions, ServerTransport } from './transport.ts'
export { SERVER_VERSION } from './version.ts'
