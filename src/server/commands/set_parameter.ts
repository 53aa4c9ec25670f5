import type { Document } from '../../bson/index.ts'
import {
  isParameterName,
  isStartupOnly,
  type ParameterName,
  ServerError,
} from '../../engine/index.ts'
import type { CommandDescriptor } from '../descriptor.ts'
import { ENVELOPE_FIELDS } from '../envelope.ts'
import type { Invocation } from '../invocation.ts'
import { parameterValue } from './get_parameter.ts'

/** Source: `CmdSet`, parameters.cpp (8.0). Nothing is set unless all names are good. */
export const setParameter = {
  name: 'setParameter',
  target: 'database',
  secondaryAllowed: 'always',
  strict: false,
  adminOnly: true,
  countsAsCommand: true,
  run({ command, op }: Invocation): Document {
    const names = Object.keys(command)
      .slice(1)
      .filter((name) => !(name in ENVELOPE_FIELDS))
    if (names.length === 0) {
      throw new ServerError(
        'InvalidOptions',
        'no option found to set, use help:true to see options ',
      )
    }
    const settable = names.map(settableName)
    const was = parameterValue(op.parameters, settable[0]!)
    for (const name of settable) op.parameters.set(name, command[name])
    return { was, ok: 1 }
  },
} as const satisfies CommandDescriptor

function settableName(name: string): ParameterName {
  if (!isParameterName(name)) {
    throw new ServerError(
      'InvalidOptions',
      `attempted to set unrecognized parameter [${name}], use help:true to see options `,
    )
  }
  if (!isStartupOnly(name)) return name
  throw new ServerError('IllegalOperation', `not allowed to change [${name}] at runtime`)
}
