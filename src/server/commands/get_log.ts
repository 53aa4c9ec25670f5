import { canonicalText, type Document, typeNameOf } from '../../bson/index.ts'
import { ServerError } from '../../engine/index.ts'
import type { CommandDescriptor } from '../descriptor.ts'
import type { Invocation } from '../invocation.ts'

/** Server: the RamLogs. What there is to tell is in the trace, so these are empty. */
const LOGS: readonly unknown[] = ['global', 'startupWarnings']

/** Source: `GetLogCmd`, generic_servers.cpp (8.0). */
export const getLog = {
  name: 'getLog',
  target: 'database',
  secondaryAllowed: 'always',
  strict: false,
  adminOnly: true,
  countsAsCommand: true,
  run({ command }: Invocation): Document {
    const { getLog: name } = command
    if (typeof name !== 'string') {
      throw new ServerError(
        'TypeMismatch',
        `Argument to getLog must be of type String; found ${canonicalText(name)} of type ${typeNameOf(name)}`,
      )
    }
    if (name === '*') return { names: [...LOGS], ok: 1 }
    if (LOGS.includes(name)) return { totalLinesWritten: 0, log: [], ok: 1 }
    throw new ServerError('OperationFailed', `No log named '${name}'`)
  },
} as const satisfies CommandDescriptor
