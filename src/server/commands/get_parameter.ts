import { type Document, isDocument } from '../../bson/index.ts'
import { ServerError } from '../../engine/index.ts'
import type { CommandDescriptor } from '../descriptor.ts'
import type { Invocation } from '../invocation.ts'
import { PARAMETERS } from '../server_parameters.ts'
import { isTrue } from '../truth.ts'

/** Source: `CmdGet`, parameters.cpp (8.0). */
export const getParameter = {
  name: 'getParameter',
  target: 'database',
  secondaryAllowed: 'always',
  strict: false,
  adminOnly: true,
  countsAsCommand: true,
  run({ command, server }: Invocation): Document {
    const asked = command['getParameter']
    const options = isDocument(asked) ? asked : {}
    const wantsAll = asked === '*' || isTrue(options['allParameters'])
    const wanted = [...PARAMETERS].filter(([name]) => wantsAll || name in command)
    if (wanted.length === 0) throw new ServerError('InvalidOptions', 'no option found to get')
    const reply: Document = {}
    for (const [name, parameter] of wanted) {
      const value = parameter.get(server)
      reply[name] = isTrue(options['showDetails'])
        ? { value, settableAtRuntime: parameter.settableAtRuntime, settableAtStartup: true }
        : value
    }
    reply['ok'] = 1
    return reply
  },
} as const satisfies CommandDescriptor
