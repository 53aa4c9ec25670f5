/**
 * A type test, which `tsc --noEmit` checks: code written for mongodb-memory-server compiles against
 * our classes. Method by method, ours must be accepted where theirs is expected, and take the
 * options that theirs take.
 *
 * Left out, with the reason:
 * - `state`: an enum there, the same texts here; `errors` and events have the same names.
 * - `instanceInfo`, `ensureInstance`: their `instance` is a process; ours says as much of itself as
 *   people look at (`isInstancePrimary`, ...).
 * - `servers`: of classes that have private members, only themselves are assignable.
 * - `on`, `once`, `emit`: of Node's EventEmitter, in both.
 */
import type * as original from 'mongodb-memory-server'
import type * as own from '../../src/memory_server/index.ts'

type ServerMethod = 'start' | 'stop' | 'cleanup' | 'getUri' | typeof Symbol.asyncDispose
type SetMethod = ServerMethod | 'waitUntilRunning'

declare const server: own.MongoMemoryServer
declare const set: own.MongoMemoryReplSet
declare const Server: typeof own.MongoMemoryServer
declare const ReplSet: typeof own.MongoMemoryReplSet

export const serverMethods: Pick<original.MongoMemoryServer, ServerMethod> = server
export const setMethods: Pick<original.MongoMemoryReplSet, SetMethod> = set

type ServerOptions = ConstructorParameters<typeof original.MongoMemoryServer>[0]
type SetOptions = ConstructorParameters<typeof original.MongoMemoryReplSet>[0]

export const createServer: (options?: ServerOptions) => Promise<own.MongoMemoryServer> =
  Server.create
export const createSet: (options?: SetOptions) => Promise<own.MongoMemoryReplSet> = ReplSet.create
export const newServer: new (options?: ServerOptions) => own.MongoMemoryServer = Server
export const newSet: new (options?: SetOptions) => own.MongoMemoryReplSet = ReplSet

type OriginalInfo = NonNullable<original.MongoMemoryServer['instanceInfo']>
type CommonInfo = Pick<OriginalInfo, 'port' | 'dbPath' | 'dbName' | 'ip'>
export const info: CommonInfo = server.instanceInfo!

/** What the two states of a set have in common are their texts. */
export const states: readonly `${original.MongoMemoryServer['state']}`[] = [server.state]
export const setStates: readonly `${original.MongoMemoryReplSet['state']}`[] = [set.state]
