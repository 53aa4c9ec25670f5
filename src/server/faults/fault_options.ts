/**
 * What faults are asked with, and the checks of it. A fault that never strikes because of a slip of
 * the pen makes a test that proves nothing, so whatever can't be meant is refused, by name.
 */

/** Which commands a fault strikes, and how many of them. */
export interface FaultScope {
  /**
   * A command's name, such as `update`, or several. Default: whatever an application sends; not how
   * a driver greets and watches a server, nor `configureFailPoint`.
   */
  readonly command?: string | readonly string[]
  /** Only commands on the collection of this name. */
  readonly collection?: string
  /** Only commands on this database. */
  readonly database?: string
  /** How many commands it strikes; `Infinity`: all, until it is cleared. Default: 1. */
  readonly times?: number
  /** How many commands it lets pass first. Default: 0. */
  readonly skip?: number
}

export interface StepDownOptions extends Omit<FaultScope, 'times'> {
  /** Milliseconds without a primary. */
  readonly forMs: number
}

export interface FailOptions extends FaultScope {
  /** The code of the error. */
  readonly code: number
  /** Its labels; default: those that the server gives to such an error of such a command. */
  readonly labels?: readonly string[]
  /** Its text. */
  readonly message?: string
}

export interface ConflictOptions {
  /** Only writes to the collection of this name; default: any but the server's own. */
  readonly collection?: string
  readonly database?: string
  /** How many writes meet a conflict; `Infinity`: all, until it is cleared. Default: 1. */
  readonly times?: number
  /** How many writes it lets pass first. Default: 0. */
  readonly skip?: number
}

export interface DelayOptions extends FaultScope {
  /** Milliseconds on the simulator's clock before the command comes in. */
  readonly ms: number
  /** As of others, but all of them by default. */
  readonly times?: number
}

/** What chaos may do. */
export const CHAOS_KINDS = [
  'loseRequest',
  'loseReply',
  'fail',
  'conflict',
  'delay',
  'stepDown',
] as const

export type ChaosKind = (typeof CHAOS_KINDS)[number]

export interface ChaosOptions extends FaultScope {
  /** Of each command's being struck, from 0 to 1. */
  readonly probability: number
  /** Of its own chance; default: drawn from the simulator's. */
  readonly seed?: number
  /** How many commands it strikes. Default: `Infinity`. */
  readonly times?: number
  /** What may happen; default: all of it. */
  readonly kinds?: readonly ChaosKind[]
  /** The longest delay. Default: 100. */
  readonly delayMsMax?: number
  /** The longest time without a primary. Default: 2000. */
  readonly stepDownMsMax?: number
}

/** What the options of one kind of fault may be. */
type Check = (value: unknown) => string | undefined

const text: Check = (value) =>
  typeof value === 'string' && value !== '' ? undefined : 'is the name of one'

const texts: Check = (value) =>
  Array.isArray(value) && value.every((one) => typeof one === 'string')
    ? undefined
    : 'is an array of strings'

const names: Check = (value) =>
  typeof value === 'string' || (texts(value) === undefined && (value as string[]).length > 0)
    ? undefined
    : "is a command's name, or several"

const isWhole = (value: unknown, least: number): boolean =>
  Number.isSafeInteger(value) && (value as number) >= least

const times: Check = (value) =>
  value === Number.POSITIVE_INFINITY || isWhole(value, 1)
    ? undefined
    : 'is a whole number from 1 on, or Infinity'

const skip: Check = (value) => (isWhole(value, 0) ? undefined : 'is a whole number from 0 on')

const anyWhole: Check = (value) => (Number.isSafeInteger(value) ? undefined : 'is a whole number')

const code: Check = (value) => (isWhole(value, 1) ? undefined : 'is the number of an error')

const message: Check = (value) => (typeof value === 'string' ? undefined : 'is a string')

const isFiniteNumber = (value: unknown): value is number =>
  typeof value === 'number' && Number.isFinite(value)

const ms: Check = (value) =>
  isFiniteNumber(value) && value >= 0 ? undefined : 'is a number of milliseconds from 0 on'

const someMs: Check = (value) =>
  isFiniteNumber(value) && value > 0 ? undefined : 'is a number of milliseconds above 0'

const share: Check = (value) =>
  isFiniteNumber(value) && value >= 0 && value <= 1 ? undefined : 'is a number from 0 to 1'

const kinds: Check = (value) =>
  Array.isArray(value) && value.length > 0 && value.every((one) => CHAOS_KINDS.includes(one))
    ? undefined
    : `names some of ${CHAOS_KINDS.join(', ')}`

const WHERE = { collection: text, database: text, skip }
const SCOPE = { command: names, ...WHERE, times }

const CHECKS: Readonly<Record<string, Readonly<Record<string, Check>>>> = {
  loseRequest: SCOPE,
  loseReply: SCOPE,
  reset: SCOPE,
  stepDown: { command: names, ...WHERE, forMs: someMs },
  fail: { ...SCOPE, code, labels: texts, message },
  conflict: { ...WHERE, times },
  delay: { ...SCOPE, ms },
  chaos: {
    ...SCOPE,
    probability: share,
    seed: anyWhole,
    kinds,
    delayMsMax: someMs,
    stepDownMsMax: someMs,
  },
}

const REQUIRED: Readonly<Record<string, string>> = {
  stepDown: 'forMs',
  fail: 'code',
  delay: 'ms',
  chaos: 'probability',
}

/**
 * @param method whose options they are
 * @throws TypeError that names what is wrong
 */
export function checkFaultOptions(method: string, options: object): void {
  const fault = `faults.${method}`
  if (typeof options !== 'object' || options === null) {
    throw new TypeError(`${fault} takes an object of options`)
  }
  const checks = CHECKS[method]!
  for (const [name, value] of Object.entries(options)) {
    const check = checks[name]
    if (check === undefined) throw new TypeError(`${fault} knows no option '${name}'`)
    const wrong = value === undefined ? undefined : check(value)
    if (wrong !== undefined) throw new TypeError(`${fault}: ${name} ${wrong}, not ${show(value)}`)
  }
  const required = REQUIRED[method]
  if (required !== undefined && (options as Record<string, unknown>)[required] === undefined) {
    throw new TypeError(`${fault} needs '${required}'`)
  }
}

function show(value: unknown): string {
  if (typeof value === 'number') return String(value)
  return JSON.stringify(value) ?? typeof value
}
