/**
 * Where the Node.js driver says the same as the specification in its own way. A value that does not
 * match is compared once more without that way's traces; a test that passes by it is counted, and
 * the report names it.
 */
import type { Document } from 'mongodb'
import { difference, type MatchOptions } from './match.ts'
import type { Difference } from './operators.ts'
import { isDocument } from './values.ts'

/** What is compared: a command that was sent, an operation's result, the result in an error. */
export type Compared = 'command' | 'result' | 'error result'

interface DriverWay {
  readonly name: string
  readonly about: Compared
  /** The value as the specification has it; undefined where the way was not taken. */
  translate(expected: Document, actual: Document): Document | undefined
}

const WAYS: readonly DriverWay[] = [
  {
    name: 'the first commit or abort has `wtimeout: 10000` already, where a write concern is set',
    about: 'command',
    translate(expected, { writeConcern, ...others }) {
      const ends = 'commitTransaction' in others || 'abortTransaction' in others
      if (!ends || !isDocument(writeConcern) || writeConcern['wtimeout'] !== 10_000)
        return undefined
      if (expected['writeConcern']?.['wtimeout'] !== undefined) return undefined
      const { wtimeout: _, ...rest } = writeConcern
      return { ...others, writeConcern: rest }
    },
  },
  {
    name: 'GridFS looks for a file by `{ _id: { $eq: id } }`',
    about: 'command',
    translate(_, actual) {
      const id: unknown = actual['filter']?.['_id']
      if (!isDocument(id) || !('$eq' in id)) return undefined
      return { ...actual, filter: { ...actual['filter'], _id: id['$eq'] } }
    },
  },
  {
    name: 'results of `client.bulkWrite` say `didUpsert` of each update',
    about: 'result',
    translate(_, actual) {
      if (!(actual['updateResults'] instanceof Map)) return undefined
      const updates = [...(actual['updateResults'] as Map<number, Document>)]
      const updateResults = new Map(
        updates.map(([index, { didUpsert: _didUpsert, ...result }]) => [index, result]),
      )
      return { ...actual, updateResults }
    },
  },
  {
    name: 'the error of `bulkWrite` has the ids of all that was to be inserted',
    about: 'error result',
    translate(_, actual) {
      if (actual['insertedCount'] !== 0 || !isDocument(actual['insertedIds'])) return undefined
      return { ...actual, insertedCount: 0, insertedIds: {} }
    },
  },
]

/** As `difference`; one that is only the driver's way of saying it is noted, and none. */
export function differenceButForWays(
  about: Compared,
  expected: unknown,
  actual: unknown,
  options: MatchOptions,
): Difference {
  const found = difference(expected, actual, options)
  if (found === undefined || !isDocument(actual)) return found
  const wanted = isDocument(expected) ? expected : {}
  for (const way of WAYS) {
    if (way.about !== about) continue
    const translated = way.translate(wanted, actual)
    if (translated === undefined) continue
    if (difference(expected, translated, options) !== undefined) continue
    options.scope.noteWay(way.name)
    return undefined
  }
  return found
}
