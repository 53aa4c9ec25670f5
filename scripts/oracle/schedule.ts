/** The format of recorded schedules: one JSON object a line. */

export type Mode = 'plain' | 'prepare' | 'ts' | 'cursor'

/** What one step gave: a return code by name, and what it found. */
export interface Outcome {
  readonly rc: string
  readonly sub?: string
  readonly k?: string
  readonly v?: string
  readonly k_rc?: string
  readonly v_rc?: string
  readonly exact?: number
  readonly rows?: readonly (readonly [string, string])[]
}

/** How the store stood at the end, once what was open had been rolled back. */
export interface Ending {
  readonly unfinished: readonly number[]
  readonly final: readonly Outcome[]
  readonly stats: Readonly<Record<string, number>>
}

export interface Schedule {
  readonly id: number
  readonly mode: Mode
  /** How many sessions there are, numbered from 1. */
  readonly n: number
  readonly steps: readonly string[]
  readonly out: readonly Outcome[]
  readonly end: Ending
}

/** The input is not what it should be; the message says where and how. */
export class MalformedInput extends Error {
  override readonly name = 'MalformedInput'
}

/** @throws MalformedInput naming the line */
export function parseSchedule(line: string, lineNumber: number): Schedule {
  const complain = (what: string): never => {
    throw new MalformedInput(`line ${lineNumber}: ${what}`)
  }
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch (error) {
    return complain(`not JSON (${error instanceof Error ? error.message : String(error)})`)
  }
  if (!isObject(value)) return complain('not a JSON object')
  const { id, mode, n, steps, out, end } = value
  if (typeof id !== 'number') complain('"id" is not a number')
  if (typeof n !== 'number' || !Number.isInteger(n) || n < 1)
    complain('"n" is not a count of sessions')
  if (!isArrayOf(steps, isString)) return complain('"steps" is not an array of strings')
  if (!isArrayOf(out, isOutcome)) return complain('"out" is not an array of outcomes with an "rc"')
  if (steps.length !== out.length) complain(`${steps.length} steps, but ${out.length} outcomes`)
  if (!isObject(end)) return complain('"end" is not an object')
  if (!isArrayOf(end['unfinished'], isNumber))
    complain('"end.unfinished" is not an array of numbers')
  if (!isArrayOf(end['final'], isOutcome)) complain('"end.final" is not an array of outcomes')
  if (!isObject(end['stats'])) complain('"end.stats" is not an object')
  return { id, mode, n, steps, out, end } as unknown as Schedule
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isArrayOf<T>(value: unknown, isElement: (element: unknown) => element is T): value is T[] {
  return Array.isArray(value) && value.every(isElement)
}

function isString(value: unknown): value is string {
  return typeof value === 'string'
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number'
}

function isOutcome(value: unknown): value is Outcome {
  return isObject(value) && typeof value['rc'] === 'string'
}
