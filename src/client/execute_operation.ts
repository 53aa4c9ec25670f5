/**
 * The one way by which operations reach the server. Every method of every handle builds a command
 * document and comes through here, so this is where sessions join, where signals are watched, where
 * attempts are repeated, and where a reply becomes a result or an error.
 *
 * **At once, if possible.** Where the transport answers at once, so does `executeOperation`: no
 * promise is made and nothing is awaited. The public methods are `async` without an `await`, and
 * so cost their caller exactly one promise. `finish` is a function of a module and what it needs
 * comes along as `context`, so no closure is made per call.
 *
 * **The short way** is that of an operation without options over a transport that is reliable. All
 * others are a `Request` (`request.ts`), and so is one of those as soon as something went wrong.
 */
import type { Document } from 'bson'
import { copyOut } from '../bson/index.ts'
import { isOperation, type Operation } from '../sim/index.ts'
import type { ClientCore } from './core.ts'
import { type Finish, Request } from './request.ts'
import type { OperationKind } from './retry/operation_kind.ts'
import type { InternalOptions } from './time_budget.ts'

const NO_OPTIONS: InternalOptions = {}

/**
 * Sends a command and finishes with its reply: at once, or as a promise where the server must wait.
 *
 * @param command complete but for what the session adds, and `$db`
 * @param options undefined promises that there is nothing in the command to look at either (no
 *   write concern), which spares looking
 * @param kind where it is not what the command's name says
 * @throws MongoServerError where the reply has `ok: 0`, MongoWriteConcernError where the write
 *   concern was not met, MongoNetworkError where the connection was lost, MongoServerSelectionError
 *   where no primary was there in time, MongoOperationTimeoutError where `timeoutMS` ran out, the
 *   signal's reason where it has aborted; what can be tried again was
 */
export function executeOperation<T, Context>(
  core: ClientCore,
  db: string,
  command: Document,
  options: InternalOptions | undefined,
  finish: Finish<T, Context>,
  context: Context,
  kind?: OperationKind,
): T | Promise<T> {
  if (core.closed) {
    throw new core.errors.MongoNotConnectedError(
      'Client must be connected before running operations',
    )
  }
  if (options !== undefined || core.transport.isReliable !== true) {
    const given = options ?? NO_OPTIONS
    return new Request(core, db, command, given, finish, context, kind).run()
  }
  command['$db'] = db
  const reply = core.transport.send(command, core.sendOptions)
  if (reply instanceof Promise) return finishLater(core, reply, command, finish, context)
  if (isOperation(reply)) return finishDriven(core, reply, finish, context) as never
  return settle(core, reply, finish, context)
}

/** The server waited, and much may have happened meanwhile: not all failures are the end. */
async function finishLater<T, Context>(
  core: ClientCore,
  promise: Promise<Document>,
  command: Document,
  finish: Finish<T, Context>,
  context: Context,
): Promise<T> {
  const db: string = command['$db']
  const request = () => new Request(core, db, command, NO_OPTIONS, finish, context, undefined)
  let reply: Document
  try {
    reply = await promise
  } catch (lost) {
    return await request().resumeAfterLoss(lost)
  }
  return reply['ok'] === 0 ? await request().resume(reply) : settle(core, reply, finish, context)
}

/**
 * The server has to wait, and the caller drives operations: it gets one. Its type says promise,
 * since only the methods of `driven/` have a transport that answers so, and they know.
 */
function* finishDriven<T, Context>(
  core: ClientCore,
  operation: Operation<Document>,
  finish: Finish<T, Context>,
  context: Context,
): Operation<T> {
  return settle(core, yield* operation, finish, context)
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
