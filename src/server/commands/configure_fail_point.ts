import { type Document, isDocument, typeNameOf } from '../../bson/index.ts'
import { ServerError } from '../../engine/index.ts'
import { int64 } from '../count.ts'
import type { CommandDescriptor } from '../descriptor.ts'
import type { Invocation } from '../invocation.ts'

/**
 * Source: fail_point_cmd.cpp. Only where test commands are enabled, which here they are by default.
 */
export const configureFailPoint = {
  name: 'configureFailPoint',
  target: 'database',
  secondaryAllowed: 'always',
  strict: false,
  adminOnly: true,
  countsAsCommand: true,
  beforeAuthentication: true,
  run({ command, server, op }: Invocation): Document {
    if (!op.parameters.get('enableTestCommands')) {
      throw new ServerError('CommandNotFound', "no such command: 'configureFailPoint'")
    }
    const { configureFailPoint: name, mode, data } = command
    if (typeof name !== 'string') {
      throw new ServerError('FailPointSetFailed', ' not found')
    }
    if (data !== undefined && !isDocument(data)) {
      throw new ServerError(
        'TypeMismatch',
        `Expected field "data" to have object type, but found ${typeNameOf(data)}`,
      )
    }
    return { count: int64(server.failPoints.configure(name, mode, data ?? {})), ok: 1 }
  },
} as const satisfies CommandDescriptor
