import type { Document } from '../../bson/index.ts'
import { ServerError } from '../../engine/index.ts'
import type { CommandDescriptor } from '../descriptor.ts'
import { ENVELOPE_FIELDS } from '../envelope.ts'
import type { Invocation } from '../invocation.ts'
import { settableParameter } from '../server_parameters.ts'

/** Source: `CmdSet`, parameters.cpp (8.0). Nothing is set unless all names are good. */
export const setParameter = {
  name: 'setParameter',
  target: 'database',
  secondaryAllowed: 'always',
  strict: false,
  adminOnly: true,
  countsAsCommand: true,
  run({ command, server }: Invocation): Document {
    const names = Object.keys(command)
      .slice(1)
      .filter((name) => !(name in ENVELOPE_FIELDS))
    if (names.length === 0) {
      throw new ServerError(
        'InvalidOptions',
        'no option found to set, use help:true to see options ',
      )
    }
    const parameters = names.map(settableParameter)
    const was = parameters[0]!.get(server)
    for (const [index, parameter] of parameters.entries()) {
      parameter.set(server, command[names[index]!])
    }
    return { was, ok: 1 }
  },
} as const satisfies CommandDescriptor
