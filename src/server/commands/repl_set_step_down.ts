import { type Document, isNumeric, numberToDouble, typeNameOf } from '../../bson/index.ts'
import { ServerError } from '../../engine/index.ts'
import type { Operation } from '../../sim/index.ts'
import type { CommandDescriptor } from '../descriptor.ts'
import type { Invocation } from '../invocation.ts'
import { requireReplicaSet } from '../replication/member.ts'
import { stepDown } from '../replication/step_down.ts'
import { isTrue } from '../truth.ts'

const PERIOD_SECONDS_DEFAULT = 60
const CATCH_UP_SECONDS_DEFAULT = 10

/** Source: `CmdReplSetStepDown`, repl_set_commands.cpp (8.0). */
export const replSetStepDown = {
  name: 'replSetStepDown',
  target: 'database',
  secondaryAllowed: 'always',
  strict: false,
  adminOnly: true,
  countsAsCommand: true,
  *run(invocation: Invocation): Operation<Document> {
    const { command, op } = invocation
    const set = requireReplicaSet(invocation)
    const force = isTrue(command['force'])
    const seconds = periodOf(command['replSetStepDown'])
    const catchUpSeconds = catchUpOf(command['secondaryCatchUpPeriodSecs'], force)
    if (seconds < catchUpSeconds) {
      throw bad('stepdown period must be longer than secondaryCatchUpPeriodSecs')
    }
    const forUs = seconds * 1_000_000
    yield* stepDown(set, op, { forUs, catchUpUs: catchUpSeconds * 1_000_000, force })
    return { ok: 1 }
  },
} as const satisfies CommandDescriptor

/** Whatever is no number counts as zero, and zero as the default. */
function periodOf(given: unknown): number {
  const seconds = isNumeric(given) ? Math.trunc(numberToDouble(given)) : 0
  if (seconds < 0) throw bad('stepdown period must be a positive integer')
  return seconds === 0 ? PERIOD_SECONDS_DEFAULT : seconds
}

function catchUpOf(given: unknown, force: boolean): number {
  if (given === undefined) return force ? 0 : CATCH_UP_SECONDS_DEFAULT
  if (!isNumeric(given)) {
    throw new ServerError(
      'TypeMismatch',
      `Expected field "secondaryCatchUpPeriodSecs" to have numeric type, but found ${typeNameOf(given)}`,
    )
  }
  const seconds = Math.trunc(numberToDouble(given))
  if (seconds < 0) throw bad('secondaryCatchUpPeriodSecs period must be a positive or absent')
  return seconds
}

function bad(message: string): ServerError {
  return new ServerError('BadValue', message)
}
