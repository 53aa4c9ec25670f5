import { ServerError } from './errors.ts'

/**
 * Server parameters, as `setParameter` names them. Each row has the server's default and bounds; a
 * value out of bounds is refused with BadValue, as `setParameter` does (idl_server_parameter.h).
 */
interface ParameterRow {
  readonly type: 'int' | 'double' | 'bool' | 'string'
  readonly value: number | boolean | string
  /** Smallest value; exclusive where the server says `gt`. */
  readonly gte?: number
  readonly gt?: number
  readonly lte?: number
  /** Settable at start only. */
  readonly startupOnly?: true
}

const TABLE = {
  /** transaction_participant.idl; its sweep follows, see `transaction/expiry.ts`. */
  transactionLifetimeLimitSeconds: { type: 'int', value: 60, gte: 1 },
  maxTransactionLockRequestTimeoutMillis: { type: 'int', value: 5 },
  transactionSizeLimitBytes: { type: 'int', value: Number.MAX_SAFE_INTEGER, gte: 1 },
  /** query_knobs.idl */
  internalQueryExecYieldIterations: { type: 'int', value: 1000 },
  internalQueryExecYieldPeriodMS: { type: 'int', value: 10, gte: 0 },
  internalInsertMaxBatchSize: { type: 'int', value: 64, gt: 0 },
  upsertMaxRetryAttemptsOnDuplicateKeyError: { type: 'int', value: 100, gte: 0 },
  /** storage_parameters.idl */
  temporarilyUnavailableMaxRetries: { type: 'int', value: 10, gte: 0 },
  temporarilyUnavailableBackoffBaseMs: { type: 'int', value: 1000, gte: 0 },
  minSnapshotHistoryWindowInSeconds: { type: 'int', value: 300, gte: 0 },
  transactionTooLargeForCacheThreshold: { type: 'double', value: 0.75, gte: 0, lte: 1 },
  /** cursor_server_params.idl */
  cursorTimeoutMillis: { type: 'int', value: 600_000 },
  clientCursorMonitorFrequencySecs: { type: 'int', value: 4, gt: 0 },
  /** logical_session_cache.idl */
  localLogicalSessionTimeoutMinutes: { type: 'int', value: 30, gte: 1, startupOnly: true },
  logicalSessionRefreshMillis: { type: 'int', value: 300_000, gte: 1, startupOnly: true },
  maxSessions: { type: 'int', value: 1_000_000, gte: 1, startupOnly: true },
  TransactionRecordMinimumLifetimeMinutes: { type: 'int', value: 30, gte: 1, startupOnly: true },
  /** logical_clock.idl, storage_parameters.idl */
  maxAcceptableLogicalClockDriftSecs: {
    type: 'int',
    value: 31_536_000,
    gte: 1,
    startupOnly: true,
  },
  ttlMonitorEnabled: { type: 'bool', value: true },
  ttlMonitorSleepSecs: { type: 'int', value: 60, gt: 0 },
  /** api_parameters.idl: whether every client must name the version of the stable API it wants. */
  requireApiVersion: { type: 'bool', value: false },
  enableTestCommands: { type: 'bool', value: true, startupOnly: true },
  featureCompatibilityVersion: { type: 'string', value: '8.0', startupOnly: true },
} as const satisfies Record<string, ParameterRow>

export type ParameterName = keyof typeof TABLE

type Value<Row> = Row extends { type: 'bool' }
  ? boolean
  : Row extends { type: 'string' }
    ? string
    : number

export type ParameterValues = { -readonly [Name in ParameterName]: Value<(typeof TABLE)[Name]> }

export type ParameterOptions = Partial<ParameterValues>

export const PARAMETER_NAMES: readonly ParameterName[] = Object.keys(TABLE) as ParameterName[]

export function isParameterName(name: string): name is ParameterName {
  return Object.hasOwn(TABLE, name)
}

export function isStartupOnly(name: ParameterName): boolean {
  const row: ParameterRow = TABLE[name]
  return row.startupOnly === true
}

/** The parameters of one simulator. Changes are announced to whoever runs by them. */
export class Parameters {
  readonly #values: ParameterValues
  readonly #listeners: ((name: ParameterName) => void)[] = []

  constructor(options: ParameterOptions = {}) {
    const defaults = Object.entries(TABLE).map(([name, row]) => [name, row.value])
    this.#values = Object.fromEntries(defaults) as ParameterValues
    for (const [name, value] of Object.entries(options)) {
      if (!isParameterName(name)) {
        throw new ServerError('InvalidOptions', `Unknown server parameter: ${name}`)
      }
      if (value !== undefined) this.set(name, value)
    }
  }

  get<Name extends ParameterName>(name: Name): ParameterValues[Name] {
    return this.#values[name]
  }

  /** @throws ServerError BadValue or TypeMismatch: of the wrong type, or out of bounds */
  set(name: ParameterName, value: unknown): void {
    const checked = checkValue(name, TABLE[name], value)
    ;(this.#values as Record<ParameterName, unknown>)[name] = checked
    for (const listener of this.#listeners) listener(name)
  }

  onChange(listener: (name: ParameterName) => void): void {
    this.#listeners.push(listener)
  }

  /** The values as they are, to start a fork with. */
  all(): ParameterValues {
    return { ...this.#values }
  }
}

function checkValue(name: string, row: ParameterRow, given: unknown): number | boolean | string {
  if (row.type === 'bool') {
    if (typeof given === 'boolean') return given
    if (typeof given === 'number') return given !== 0
    throw new ServerError('BadValue', `Failed to parse ${name}: value must be a boolean`)
  }
  if (row.type === 'string') {
    if (typeof given === 'string') return given
    throw new ServerError('TypeMismatch', `Failed to parse ${name}: value must be a string`)
  }
  const value = Number(given)
  if (given === null || typeof given === 'boolean' || !Number.isFinite(value)) {
    throw new ServerError('BadValue', `Failed to parse ${name} as a number: ${String(given)}`)
  }
  const number = row.type === 'int' ? Math.trunc(value) : value
  const refuse = (rule: string): never => {
    throw new ServerError(
      'BadValue',
      `Invalid value for parameter ${name}: ${number} is not ${rule}`,
    )
  }
  if (row.gte !== undefined && number < row.gte) refuse(`greater than or equal to ${row.gte}`)
  if (row.gt !== undefined && number <= row.gt) refuse(`greater than ${row.gt}`)
  if (row.lte !== undefined && number > row.lte) refuse(`less than or equal to ${row.lte}`)
  return number
}
