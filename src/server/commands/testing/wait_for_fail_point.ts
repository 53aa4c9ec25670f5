import { type Document, numberToDouble, typeNameOf } from '../../../bson/index.ts'
import { ServerError } from '../../../engine/index.ts'
import type { Operation } from '../../../sim/index.ts'
import type { CommandDescriptor } from '../../descriptor.ts'
import { types } from '../../fields.ts'
import type { Invocation } from '../../invocation.ts'

/**
 * Waits until a fail point was entered so often, for at most `maxTimeMS`, which it must have.
 * Source: fail_point_cmd.cpp (8.0).
 */
export const waitForFailPoint = {
  name: 'waitForFailPoint',
  target: 'database',
  secondaryAllowed: 'always',
  adminOnly: true,
  fields: { waitForFailPoint: types.any, timesEntered: types.safeInt },
  required: ['timesEntered'],
  countsAsCommand: true,
  *run({ command, server, op }: Invocation): Operation<Document> {
    const { waitForFailPoint: name, timesEntered, maxTimeMS } = command
    if (!op.parameters.get('enableTestCommands')) {
      throw new ServerError('CommandNotFound', "no such command: 'waitForFailPoint'")
    }
    if (typeof name !== 'string') {
      throw new ServerError(
        'TypeMismatch',
        `BSON field 'waitForFailPoint.waitForFailPoint' is the wrong type '${typeNameOf(name)}', expected type 'string'`,
      )
    }
    if (maxTimeMS === undefined) {
      throw new ServerError(
        40414,
        "BSON field 'waitForFailPoint.maxTimeMS' is missing but a required field",
      )
    }
    const point = server.failPoints.find(name)
    while (point.timesEntered < numberToDouble(timesEntered)) {
      yield* op.waitFor(point.entered, 'fail point', Number.POSITIVE_INFINITY)
    }
    return { ok: 1 }
  },
} as const satisfies CommandDescriptor
