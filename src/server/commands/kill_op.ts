import { type Document, isNumeric, numberToDouble, typeNameOf } from '../../bson/index.ts'
import { ServerError } from '../../engine/index.ts'
import type { CommandDescriptor } from '../descriptor.ts'
import type { Invocation } from '../invocation.ts'
import { INTERRUPTED } from '../sessions/killing.ts'

/** Source: kill_op_cmd_base.cpp (8.0). An operation that is not there is no error. */
export const killOp = {
  name: 'killOp',
  target: 'database',
  secondaryAllowed: 'always',
  strict: false,
  adminOnly: true,
  countsAsCommand: true,
  run({ command, server }: Invocation): Document {
    const waiting = server.waiting.get(opIdOf(command))
    waiting?.op.kill(INTERRUPTED.code, INTERRUPTED.message)
    return { info: 'attempting to kill op', ok: 1 }
  },
} as const satisfies CommandDescriptor

function opIdOf(command: Document): number {
  const given = command['op']
  if (given === undefined) throw new ServerError('NoSuchKey', 'Missing expected field "op"')
  if (!isNumeric(given)) {
    throw new ServerError(
      'TypeMismatch',
      `Expected field "op" to have numeric type, but found ${typeNameOf(given)}`,
    )
  }
  const opId = numberToDouble(given)
  if (opId === (opId | 0)) return opId
  throw new ServerError(26823, `invalid op : ${opId}. Op ID cannot be represented with 32 bits`)
}
