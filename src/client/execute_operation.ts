/**
 * The one way by which operations reach the server. Every method of every handle builds a command
 * document and comes through here, so this is where sessions join, where signals are watched, and
 * where a reply becomes a result or an error; what is to apply to all operations (retries, command
 * monitoring) goes here and nowhere else.
 *
 * **At once, if possible.** Where the transport answers at once, so does `executeOperation`: no
 * promise is made and nothing is awaited. The public methods are `async` without an `await`, and
 * so cost their caller exactly one promise. `finish` is a function of a module and what it needs
 * comes along as `context`, so no closure is made per call.
 *
 * `retryWrites` and `retryReads` are accepted and change nothing yet: in process no reply is ever
 * lost, and that is what they are for.
 */
import type { Document } from 'bson'
import { copyOut } from '../bson/index.ts'
import { isOperation, type Operation } from '../sim/index.ts'
import type { ClientCore } from './core.ts'
import type { OperationOptions } from './options.ts'
import type { ClientSession } from './session/client_session.ts'
import type { Transport } from './transport.ts'

/** Turns a good reply into the operation's result. */
export type Finish<T, Context> = (reply: Document, context: Context, core: ClientCore) => T

/**
 * Sends a command and finishes with its reply: at once, or as a promise where the server must wait.
 *
 * @param command complete but for what the session adds, and `$db`
 * @param options undefined promises that there is nothing in the command to look at either (no
 *   write concern), which spares looking
 * @throws MongoServerError where the reply has `ok: 0`, MongoWriteConcernError where the write
 *   concern was not met, the signal's reason where it has aborted
 */
export function executeOperation<T, Context>(
  core: ClientCore,
  db: string,
  command: Document,
  options: OperationOptions | undefined,
  finish: Finish<T, Context>,
  context: Context,
): T | Promise<T> {
  if (core.closed) {
    throw new core.errors.MongoNotConnectedError(
      'Client must be connected before running operations',
    )
  }
  if (options === undefined) {
    command['$db'] = db
    const reply = core.transport.send(command, core.sendOptions)
    if (reply instanceof Promise) return finishLater(core, reply, undefined, finish, context)
    if (isOperation(reply)) return driven(core, reply, undefined, finish, context)
    return settle(core, reply, finish, context)
  }
  return executeWithOptions(core, db, command, options, finish, context)
}

function executeWithOptions<T, Context>(
  core: ClientCore,
  db: string,
  command: Document,
  options: OperationOptions,
  finish: Finish<T, Context>,
  context: Context,
): T | Promise<T> {
  const { session, signal } = options
  refuseTimeoutMS(core, options)
  signal?.throwIfAborted()
  if (session !== undefined && session !== null) join(core, session, command)
  command['$db'] = db
  if (command['writeConcern']?.w === 0) return sendUnacknowledged(core, command, finish, context)

  let reply: ReturnType<Transport['send']>
  try {
    reply = core.transport.send(
      command,
      signal === undefined ? core.sendOptions : { ...core.sendOptions, signal },
    )
  } catch (lost) {
    session?.observeLoss()
    throw lost
  }
  if (reply instanceof Promise) {
    const awaited = signal === undefined ? reply : abortable(reply, signal)
    return finishLater(core, awaited, session, finish, context)
  }
  if (isOperation(reply)) return driven(core, reply, session, finish, context)
  session?.observe(reply)
  return settle(core, reply, finish, context)
}

/** Checks that the command may go over this session, and makes it one of the session's. */
function join(core: ClientCore, session: ClientSession, command: Document): void {
  const { errors } = core
  if (session.hasEnded) {
    throw new errors.MongoExpiredSessionError('Use of expired sessions is not permitted')
  }
  if (!session.belongsTo(core)) {
    throw new errors.MongoInvalidArgumentError('ClientSession must be from the same MongoClient')
  }
  if (command['writeConcern']?.w === 0) {
    throw new errors.MongoAPIError('Cannot have explicit session with unacknowledged writes')
  }
  session.decorate(command)
}

/**
 * A write that nobody wants to hear of again. It is sent, and its result is made of an empty reply
 * at once: a server's error is lost, as the caller asked.
 */
function sendUnacknowledged<T, Context>(
  core: ClientCore,
  command: Document,
  finish: Finish<T, Context>,
  context: Context,
): T {
  const reply = core.transport.send(command, core.sendOptions)
  // A broken transport still must not be an unhandled rejection that ends the process.
  if (reply instanceof Promise) reply.catch(() => undefined)
  return finish(UNACKNOWLEDGED, context, core)
}

/** Stands for the reply to an unacknowledged write. */
export const UNACKNOWLEDGED: Document = { ok: 1 }

async function finishLater<T, Context>(
  core: ClientCore,
  promise: Promise<Document>,
  session: ClientSession | undefined,
  finish: Finish<T, Context>,
  context: Context,
): Promise<T> {
  let reply: Document
  try {
    reply = await promise
  } catch (lost) {
    session?.observeLoss()
    throw lost
  }
  session?.observe(reply)
  return settle(core, reply, finish, context)
}

/**
 * The server has to wait, and the caller drives operations: it gets one. Its type says promise, since
 * only the methods of `driven/` have a transport that answers so, and they know.
 */
function driven<T, Context>(
  core: ClientCore,
  operation: Operation<Document>,
  session: ClientSession | undefined,
  finish: Finish<T, Context>,
  context: Context,
): Promise<T> {
  return finishDriven(core, operation, session, finish, context) as never
}

function* finishDriven<T, Context>(
  core: ClientCore,
  operation: Operation<Document>,
  session: ClientSession | undefined,
  finish: Finish<T, Context>,
  context: Context,
): Operation<T> {
  let reply: Document
  try {
    reply = yield* operation
  } catch (lost) {
    session?.observeLoss()
    throw lost
  }
  session?.observe(reply)
  return settle(core, reply, finish, context)
}

function settle<T, Context>(
  core: ClientCore,
  reply: Document,
  finish: Finish<T, Context>,
  context: Context,
): T {
  if (reply['ok'] === 0) throw new core.errors.MongoServerError(copyOut(reply))
  if (reply['writeConcernError'] !== undefined) {
    throw new core.errors.MongoWriteConcernError(copyOut(reply))
  }
  return finish(reply, context, core)
}

/** Settles with the promise, or with the signal's reason where that comes first. */
function abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason)
    signal.addEventListener('abort', onAbort, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort))
  })
}

/** One budget for a whole operation is not supported, and must not pass for it. */
export function refuseTimeoutMS(core: ClientCore, options: object | undefined): void {
  if ((options as { timeoutMS?: unknown } | undefined)?.timeoutMS === undefined) return
  throw new core.errors.MongoInvalidArgumentError(
    'Option "timeoutMS" is not supported by the in-process client; use maxTimeMS or a signal',
  )
}
