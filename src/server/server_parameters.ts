import { numberToDouble } from '../bson/index.ts'
import { isStartupOnly, PARAMETER_NAMES, type ParameterName, ServerError } from '../engine/index.ts'
import { MECHANISM_NAMES } from './auth/mechanisms.ts'
import { int64 } from './count.ts'
import type { ServerState } from './state.ts'

/** A parameter as `getParameter` and `setParameter` have it. */
export interface ServerParameter {
  readonly settableAtRuntime: boolean
  get(server: ServerState): unknown
  /** @throws ServerError BadValue, TypeMismatch */
  set(server: ServerState, value: unknown): void
}

const refuse = (): never => {
  throw new ServerError('IllegalOperation', 'not allowed to change it at runtime')
}

/** Those that are about the server and not about the engine. */
const OWN: Readonly<Record<string, ServerParameter>> = {
  authenticationMechanisms: {
    settableAtRuntime: false,
    get: () => [...MECHANISM_NAMES],
    set: refuse,
  },
  logComponentVerbosity: {
    settableAtRuntime: true,
    get: ({ logComponents }) => logComponents.document,
    set: ({ logComponents }, value) => logComponents.change(value),
  },
  logLevel: {
    settableAtRuntime: true,
    get: ({ logComponents }) => logComponents.verbosity,
    set: ({ logComponents }, value) => {
      logComponents.verbosity = logLevelOf(value)
    },
  },
}

/** Source: `parameterValue` of log_settings, parameters.cpp (8.0). */
function logLevelOf(value: unknown): number {
  const level = typeof value === 'number' ? Math.trunc(value) : Math.trunc(numberToDouble(value))
  if (level >= 0) return level
  throw new ServerError('BadValue', 'Invalid value for logLevel')
}

function ofEngine(name: ParameterName): ServerParameter {
  return {
    settableAtRuntime: !isStartupOnly(name),
    get: ({ services }) => {
      const value = services.parameters.get(name)
      // The compatibility version is a document.
      if (name === 'featureCompatibilityVersion') return { version: value }
      return typeof value === 'number' && Number.isInteger(value) ? int64(value) : value
    },
    set: ({ services }, value) => services.parameters.set(name, value),
  }
}

/** In the order of their names, as `getParameter: '*'` lists them. */
export const PARAMETERS: ReadonlyMap<string, ServerParameter> = new Map(
  [...Object.entries(OWN), ...PARAMETER_NAMES.map((name) => [name, ofEngine(name)] as const)].sort(
    ([a], [b]) => (a < b ? -1 : 1),
  ),
)

/** @throws ServerError 72 for what is no parameter, 20 for what may not be changed any more */
export function settableParameter(name: string): ServerParameter {
  const parameter = PARAMETERS.get(name)
  if (parameter === undefined) {
    throw new ServerError(
      'InvalidOptions',
      `attempted to set unrecognized parameter [${name}], use help:true to see options `,
    )
  }
  if (parameter.settableAtRuntime) return parameter
  throw new ServerError('IllegalOperation', `not allowed to change [${name}] at runtime`)
}
