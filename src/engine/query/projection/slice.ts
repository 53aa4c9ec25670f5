/** `{ field: { $slice: n } }` and `{ field: { $slice: [skip, limit] } }` in a projection. */
import {
  canonicalText,
  type Document,
  isNumeric,
  numberToDouble,
  typeNameOf,
} from '../../../bson/index.ts'
import { ServerError } from '../../errors.ts'
import type { ExpressionContext } from '../../expression/index.ts'
import type { ProjectionLeaf } from './tree.ts'

type Slice = Extract<ProjectionLeaf, { kind: 'slice' }>

const INT32_MAX = 0x7fffffff
const INT32_MIN = -0x80000000

/**
 * Whether it is the `$slice` of finds; what is not may be the expression of that name.
 *
 * @throws ServerError 28667 where it is neither
 */
export function isFindSlice(spec: Document, expressions: ExpressionContext): boolean {
  try {
    parseSlice(spec)
    return true
  } catch (error) {
    if (!(error instanceof ServerError) || !(error.cause instanceof ServerError)) throw error
    try {
      expressions.compile(spec)
    } catch (other) {
      if (other instanceof ServerError && other.code === ARGUMENTS_COUNT) throw error
      throw other
    }
    return false
  }
}

/** What an expression with too few or too many arguments is refused with. */
const ARGUMENTS_COUNT = 28667

/** Source of codes and messages: server, attemptToParseFindSlice in projection_parser.cpp. */
export function parseSlice(spec: Document): Slice {
  const argument = spec['$slice']
  if (isNumeric(argument)) return { kind: 'slice', skip: undefined, limit: int32(argument) }
  if (!Array.isArray(argument)) {
    throw noFindSyntax(spec, 31273, '$slice only supports numbers and [skip, limit] arrays')
  }
  if (argument.length !== 2) {
    throw noFindSyntax(spec, 31272, '$slice array argument should be of form [skip, limit]')
  }
  const [skip, limit] = argument as [unknown, unknown]
  if (!isNumeric(skip)) {
    const type = typeNameOf(skip)
    throw noFindSyntax(spec, 31257, `$slice expects the skip argument to be a number, got ${type}`)
  }
  if (!isNumeric(limit)) {
    const type = typeNameOf(limit)
    throw noFindSyntax(spec, 31258, `$slice expects the limit argument to be a number, got ${type}`)
  }
  if (int32(limit) <= 0) {
    throw noFindSyntax(spec, 31259, `$slice limit must be positive, got ${int32(limit)}`)
  }
  return { kind: 'slice', skip: int32(skip), limit: int32(limit) }
}

/** What is no `$slice` of find; the server complains of both where it is no expression either. */
function noFindSyntax(spec: Document, code: number, problem: string): ServerError {
  const argument = spec['$slice']
  const count = Array.isArray(argument) ? argument.length : 1
  const error = new ServerError(
    28667,
    `Invalid $slice syntax. The given syntax ${canonicalText(spec)} did not match the find() syntax` +
      ` because :: Location${code}: ${problem} :: The given syntax did not match the expression $slice` +
      ` syntax. :: caused by :: Expression $slice takes at least 2 arguments, and at most 3, but ${count}` +
      ' were passed in.',
  )
  error.cause = new ServerError(code, problem)
  return error
}

/** Fractions are cut off, and what is too large becomes the largest. */
function int32(value: unknown): number {
  const double = numberToDouble(value)
  if (Number.isNaN(double)) return 0
  return Math.trunc(Math.min(INT32_MAX, Math.max(INT32_MIN, double)))
}

/** The part of the array; a value that is no array stays as it is. */
export function applySlice(value: unknown, { skip, limit }: Slice): unknown {
  if (!Array.isArray(value)) return value
  if (skip === undefined) return limit < 0 ? value.slice(limit) : value.slice(0, limit)
  const start = skip < 0 ? Math.max(0, value.length + skip) : skip
  return value.slice(start, start + limit)
}
