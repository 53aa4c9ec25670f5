/** The bounds of an index scan in words: `{ a: ['[1, 1]'], b: ['[MinKey, MaxKey]'] }`. */
import { type BsonType, canonicalText, type Document } from '../../bson/index.ts'
import type { IndexAccess } from '../exec/planner.ts'
import type { Endpoint, Interval } from '../query/index.ts'

/** An edge of a type, as the server prints it, and whether the bound includes it. */
type Edge = readonly [text: string, inclusive: boolean]

const NUMBERS: readonly [Edge, Edge] = [
  ['-inf', true],
  ['inf', true],
]

/** Source: `IndexBoundsBuilder::appendMinValueForType` and `appendMaxValueForType` (8.0). */
const EDGES: Partial<Record<BsonType, readonly [low: Edge, high: Edge]>> = {
  minKey: [
    ['MinKey', true],
    ['MinKey', true],
  ],
  null: [
    ['null', true],
    ['null', true],
  ],
  int: NUMBERS,
  long: NUMBERS,
  double: NUMBERS,
  decimal: NUMBERS,
  string: [
    ['""', true],
    ['{}', false],
  ],
  object: [
    ['{}', true],
    ['[]', false],
  ],
  array: [
    ['[]', true],
    ['BinData(0, )', false],
  ],
  binData: [
    ['BinData(0, )', true],
    ["ObjectId('000000000000000000000000')", false],
  ],
  objectId: [
    ["ObjectId('000000000000000000000000')", true],
    ["ObjectId('ffffffffffffffffffffffff')", true],
  ],
  bool: [
    ['false', true],
    ['true', true],
  ],
  date: [
    ['new Date(-9223372036854775808)', true],
    ['new Date(9223372036854775807)', true],
  ],
  timestamp: [
    ['Timestamp(0, 0)', true],
    ['Timestamp(4294967295, 4294967295)', true],
  ],
  maxKey: [
    ['MaxKey', true],
    ['MaxKey', true],
  ],
}

const ALL = ['[MinKey, MaxKey]']

/** In the order in which the scan goes through them. */
export function boundsText({ index, bounds, direction }: IndexAccess): Document {
  const text: Document = {}
  index.fields.forEach((field, at) => {
    const isReversed = field.direction * direction < 0
    const intervals = bounds?.fields[at]?.intervals
    if (intervals === undefined) {
      text[field.path] = isReversed ? ['[MaxKey, MinKey]'] : ALL
      return
    }
    const texts = intervals.map((interval) => intervalText(interval, isReversed))
    text[field.path] = isReversed ? texts.reverse() : texts
  })
  return text
}

function intervalText({ low, high }: Interval, isReversed: boolean): string {
  const [lowText, includesLow] = edgeOf(low, 0)
  const [highText, includesHigh] = edgeOf(high, 1)
  return isReversed
    ? `${includesHigh ? '[' : '('}${highText}, ${lowText}${includesLow ? ']' : ')'}`
    : `${includesLow ? '[' : '('}${lowText}, ${highText}${includesHigh ? ']' : ')'}`
}

function edgeOf(endpoint: Endpoint, side: 0 | 1): Edge {
  if (endpoint.kind === 'value') {
    return [canonicalText(endpoint.value ?? null), endpoint.inclusive]
  }
  return EDGES[endpoint.type]?.[side] ?? [endpoint.type, true]
}
