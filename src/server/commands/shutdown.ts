import { type Document, numberToDouble } from '../../bson/index.ts'
import { ServerError } from '../../engine/index.ts'
import type { CommandDescriptor } from '../descriptor.ts'
import { ConnectionClosedError } from '../faults/fail_command.ts'
import { types } from '../fields.ts'
import type { Invocation } from '../invocation.ts'
import { isTrue } from '../truth.ts'

const TIMEOUT_SECONDS_DEFAULT = 15

/**
 * Ends the server: the process where it has one of its own, the simulator in process. There is no
 * reply; whoever asked sees the connection break, as everybody else does.
 *
 * A primary would hand over to a secondary first, within the time-out; a set of one has nobody to
 * hand over to, and ends at once. Source: shutdown.h, shutdown.idl, `stepDownForShutdown` (8.0).
 */
export const shutdown = {
  name: 'shutdown',
  target: 'database',
  secondaryAllowed: 'always',
  fields: { force: types.safeBool, timeoutSecs: types.notNegative },
  adminOnly: true,
  countsAsCommand: true,
  run({ command, connection, server }: Invocation): Document {
    // Source: `localHostOnlyIfNoAuth`, commands.cpp.
    const { isEnforced, login } = connection.authorization
    if (!isEnforced && login?.isLocal === false) {
      throw new ServerError(
        'Unauthorized',
        'shutdown must run from localhost when running db without auth',
      )
    }
    const given = command['timeoutSecs']
    server.shutDown({
      force: isTrue(command['force']),
      timeoutSecs: given === undefined ? TIMEOUT_SECONDS_DEFAULT : numberToDouble(given),
      connectionId: connection.id,
    })
    throw new ConnectionClosedError('The server is shutting down.')
  },
} as const satisfies CommandDescriptor
