import type { Document } from '../../bson/index.ts'
import { isOperation, type MaybeOperation, type Operation, sleep } from '../../sim/index.ts'
import { ConnectionClosedError } from './fail_command.ts'
import { ConnectionResetError, type Strike } from './strike.ts'

/**
 * Runs a command that faults have struck.
 *
 * @param run lets the command in
 * @throws ConnectionClosedError where its client is to hear no reply
 */
export function underStrike(
  strike: MaybeOperation<Strike | undefined>,
  run: (strike: Strike | undefined) => MaybeOperation<Document>,
): MaybeOperation<Document> {
  if (strike === undefined) return run(undefined)
  if (isOperation(strike) || strike.delayUs > 0) return runLater(strike, run)
  if (strike.losesRequest) throw lostRequest()
  const reply = run(strike)
  return isOperation(reply) ? answeredLater(strike, reply) : answered(strike, reply)
}

function* runLater(
  striking: MaybeOperation<Strike | undefined>,
  run: (strike: Strike | undefined) => MaybeOperation<Document>,
): Operation<Document> {
  const strike = isOperation(striking) ? yield* striking : striking
  if (strike !== undefined && strike.delayUs > 0) yield sleep(strike.delayUs, 'fault delay')
  if (strike?.losesRequest === true) throw lostRequest()
  const reply = run(strike)
  const settled = isOperation(reply) ? yield* reply : reply
  return strike === undefined ? settled : answered(strike, settled)
}

function* answeredLater(strike: Strike, reply: Operation<Document>): Operation<Document> {
  return answered(strike, yield* reply)
}

function answered({ losesReply, resets }: Strike, reply: Document): Document {
  if (resets) throw new ConnectionResetError(reply)
  if (losesReply) throw new ConnectionClosedError('The connection was closed before the reply came')
  return reply
}

function lostRequest(): ConnectionClosedError {
  return new ConnectionClosedError('The connection was closed before the command came in')
}
