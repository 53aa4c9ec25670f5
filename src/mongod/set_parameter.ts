import {
  isParameterName,
  type ParameterName,
  type ParameterOptions,
  Parameters,
  ServerError,
} from '../engine/index.ts'
import { MongodUsageError } from './parse.ts'

/**
 * Parameters of the server's that a simulator has no use for, as what they govern does not exist:
 * the recorder of diagnostic data.
 */
const WITHOUT_EFFECT: ReadonlySet<string> = new Set(['diagnosticDataCollectionEnabled'])

/**
 * Reads `--setParameter name=value`, as often as it was given.
 *
 * @throws MongodUsageError. Source: the text of server_parameters in mongod (8.0)
 */
export function parametersOf(given: readonly string[]): ParameterOptions {
  const parameters: Record<string, number | boolean | string> = {}
  for (const text of given) {
    const [, name, value] = /^([^=]+)=([\s\S]*)$/.exec(text) ?? []
    if (name === undefined || value === undefined) {
      throw bad(`Illegal --setParameter parameter: "${text}"`)
    }
    if (WITHOUT_EFFECT.has(name)) continue
    if (!isParameterName(name)) throw bad(`Unknown --setParameter '${name}'`)
    parameters[name] = readValue(name, value)
  }
  try {
    new Parameters(parameters)
  } catch (error) {
    if (error instanceof ServerError) throw bad(error.message)
    throw error
  }
  return parameters
}

const DEFAULTS = new Parameters()

function readValue(name: ParameterName, text: string): number | boolean | string {
  const kind = typeof DEFAULTS.get(name)
  if (kind === 'string') return text
  if (kind === 'number') return text === '' ? Number.NaN : Number(text)
  if (text === '1' || text === 'true') return true
  if (text === '0' || text === 'false') return false
  throw bad(`Bad value for parameter "${name}": ${text}`)
}

function bad(message: string): MongodUsageError {
  return new MongodUsageError(`BadValue: ${message}\ntry 'mongod --help' for more information`)
}
