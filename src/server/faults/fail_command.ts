import { type Document, isDocument, isNumeric, numberToDouble } from '../../bson/index.ts'
import { ServerError } from '../../engine/index.ts'
import type { Operation } from '../../sim/index.ts'
import type { Invocation } from '../invocation.ts'
import { concerns } from './concerns.ts'
import type { FailPoint } from './fail_point.ts'

/**
 * The connection goes away without a reply. The transport's caller sees the throw; the wire
 * protocol closes the socket.
 */
export class ConnectionClosedError extends Error {
  override readonly name = 'ConnectionClosedError'
}

const MESSAGE = "Failing command via 'failCommand' failpoint"

/** What an armed `failCommand` does to one command. */
export interface CommandFault {
  readonly closeConnection: boolean
  /** Virtual microseconds before anything else happens. */
  readonly blockUs: number
  readonly errorCode: number | undefined
  readonly errorExtraInfo: Document | undefined
  /** In place of the labels that the server would compute. */
  readonly errorLabels: readonly string[] | undefined
}

/**
 * The fault that this command meets, if any; asking uses up one of the point's `times`.
 * Source: `evaluateFailCommandFailPoint`, commands.cpp (8.0).
 *
 * @throws ServerError 72 for a block without a time
 */
export function faultFor(point: FailPoint, invocation: Invocation): CommandFault | undefined {
  const { data } = point
  const closeConnection = data['closeConnection'] === true
  const blocks = data['blockConnection'] === true
  const errorCode = numberIn(data, 'errorCode')
  if (!closeConnection && !blocks && errorCode === undefined) return undefined
  if (!concerns(data, invocation, invocation.ns) || !point.fires()) return undefined
  return {
    closeConnection,
    blockUs: blocks ? blockUsOf(data) : 0,
    errorCode,
    errorExtraInfo: isDocument(data['errorExtraInfo']) ? data['errorExtraInfo'] : undefined,
    errorLabels: labelsIn(data),
  }
}

/** A write concern error that the command's reply is to carry although all went well. */
export function writeConcernFaultFor(
  point: FailPoint,
  invocation: Invocation,
): { readonly error: Document; readonly labels: readonly string[] | undefined } | undefined {
  const { data } = point
  const error = data['writeConcernError']
  if (!isDocument(error) || !concerns(data, invocation, invocation.ns) || !point.fires())
    return undefined
  return { error, labels: labelsIn(data) }
}

/** The delay, as the server sleeps it: interruptibly. */
export function* block(invocation: Invocation, fault: CommandFault): Operation<void> {
  yield* invocation.op.sleepFor(fault.blockUs, 'failCommand', { interruptible: true })
}

/** @throws ConnectionClosedError, ServerError: whatever the fault is */
export function raise(fault: CommandFault): void {
  if (fault.closeConnection) throw new ConnectionClosedError(MESSAGE)
  if (fault.errorCode === undefined) return
  throw new ServerError(fault.errorCode, MESSAGE, fault.errorExtraInfo)
}

function blockUsOf(data: Document): number {
  const ms = numberIn(data, 'blockTimeMS')
  if (ms === undefined) {
    throw new ServerError(
      'InvalidOptions',
      "must specify 'blockTimeMS' when 'blockConnection' is true",
    )
  }
  if (ms < 0) throw new ServerError('InvalidOptions', "'blockTimeMS' must be non-negative")
  return ms * 1000
}

function labelsIn(data: Document): readonly string[] | undefined {
  const labels = data['errorLabels']
  return Array.isArray(labels) ? (labels as string[]) : undefined
}

function numberIn(data: Document, name: string): number | undefined {
  const value = data[name]
  return isNumeric(value) ? Math.trunc(numberToDouble(value)) : undefined
}
