/**
 * # memory_server: mongodb-memory-server's classes, in process
 *
 * For test suites built on that library: the same names, methods, states and options, and instead
 * of a program that is downloaded and started, a simulator in this process that listens in a few
 * milliseconds.
 *
 *     import { MongoMemoryReplSet } from 'palimpsest/memory-server'
 *
 *     const servers = await MongoMemoryReplSet.create()
 *     const client = await MongoClient.connect(servers.getUri())
 *
 * `server.ts` is a server by itself, `replica_set.ts` a set of one; both hold an `instance.ts`,
 * which is a simulator with the settings of a `mongod` (`src/mongod`). Their `simulator` leads to
 * what only a simulator has: its clock, faults, save and restore.
 *
 * What has no meaning without a program (`binary`, `spawn`, `launchTimeout`) is accepted; what
 * would have to be done and is not raises an error. Sits on top: may import everything but `cli`.
 */
export type { AutomaticAuth, CreateUser } from './auth.ts'
export * as errors from './errors.ts'
export type { InstanceInfo, RunningInstance } from './instance.ts'
export type {
  Cleanup,
  DisposeOptions,
  InstanceOptions,
  MongoMemoryReplSetOpts,
  MongoMemoryServerOpts,
  ReplicaSetInstanceOptions,
  ReplSetOpts,
} from './options.ts'
export {
  MongoMemoryReplSet,
  MongoMemoryReplSetEvents,
  MongoMemoryReplSetStates,
} from './replica_set.ts'
export { MongoMemoryServer, MongoMemoryServerEvents, MongoMemoryServerStates } from './server.ts'
