import { type Document, isDocument } from '../../bson/index.ts'
import {
  isStartupOnly,
  PARAMETER_NAMES,
  type ParameterName,
  type Parameters,
  ServerError,
} from '../../engine/index.ts'
import { int64 } from '../count.ts'
import type { CommandDescriptor } from '../descriptor.ts'
import type { Invocation } from '../invocation.ts'
import { isTrue } from '../truth.ts'

/** Source: `CmdGet`, parameters.cpp (8.0). */
export const getParameter = {
  name: 'getParameter',
  target: 'database',
  secondaryAllowed: 'always',
  strict: false,
  adminOnly: true,
  countsAsCommand: true,
  run({ command, op }: Invocation): Document {
    const asked = command['getParameter']
    const options = isDocument(asked) ? asked : {}
    const wantsAll = asked === '*' || isTrue(options['allParameters'])
    const names = PARAMETER_NAMES.filter((name) => wantsAll || name in command)
    if (names.length === 0) throw new ServerError('InvalidOptions', 'no option found to get')
    const reply: Document = {}
    for (const name of names) {
      const value = parameterValue(op.parameters, name)
      reply[name] = isTrue(options['showDetails'])
        ? { value, settableAtRuntime: !isStartupOnly(name), settableAtStartup: true }
        : value
    }
    reply['ok'] = 1
    return reply
  },
} as const satisfies CommandDescriptor

/** As clients see it: the compatibility version is a document. */
export function parameterValue(parameters: Parameters, name: ParameterName): unknown {
  const value = parameters.get(name)
  if (name === 'featureCompatibilityVersion') return { version: value }
  return typeof value === 'number' && Number.isInteger(value) ? int64(value) : value
}
