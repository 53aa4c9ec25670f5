/** How a method of this folder takes its turn. */
import { isOperation, type Operation, yieldPoints } from '../../sim/index.ts'
import type { ClientSession } from '../session/client_session.ts'
import type { OperationSession } from './operation_session.ts'

/** Options of the driver's, with a session of this folder's in place of the driver's. */
export type Driven<Options> = Omit<Options, 'session' | 'signal'> & {
  readonly session?: OperationSession
}

/** Options as the modules of operations take them. */
export function plain<Options>(
  options: Driven<Options> | undefined,
): (Options & { session?: ClientSession }) | undefined {
  if (options === undefined) return undefined
  const { session } = options
  if (session === undefined) return options as never
  return { ...options, session: session.inner } as never
}

/**
 * Lets others run first, sends, and waits where the server does.
 *
 * @param send what `executeOperation` gave: an answer, or an operation that its type calls a
 *   promise
 */
export function* inTurn<T>(send: () => T | Promise<T>): Operation<T> {
  yield yieldPoints.beforeOperation
  const answer = send() as T | Operation<T>
  return isOperation(answer) ? yield* answer : answer
}
