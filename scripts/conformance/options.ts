/** Arguments of an operation as the driver wants them. */
import { type Document, ReadConcern, ReadPreference } from 'mongodb'
import type { EntityMap } from './entities.ts'
import { Failure } from './outcome.ts'

/**
 * The arguments with sessions looked up and concerns made objects. What else a test gives is the
 * driver's business: its names are those of the specifications.
 *
 * @throws Failure for a session that is none, a returnDocument that is none
 */
export function driverOptions(entities: EntityMap, given: Document | undefined): Document {
  const options: Document = { ...given }
  const { session, readConcern, readPreference, returnDocument, cursorType } = options
  if (session !== undefined) options['session'] = entities.get('session', session)
  if (readConcern !== undefined) options['readConcern'] = ReadConcern.fromOptions({ readConcern })
  if (readPreference !== undefined) options['readPreference'] = preferenceOf(readPreference)
  if (returnDocument !== undefined) options['returnDocument'] = whichDocument(returnDocument)
  if (cursorType !== undefined) {
    delete options['cursorType']
    options['tailable'] = cursorType !== 'nonTailable'
    options['awaitData'] = cursorType === 'tailableAwait'
  }
  return options
}

function preferenceOf({ mode, tagSets, maxStalenessSeconds, hedge }: Document): ReadPreference {
  const options: Document = {}
  if (maxStalenessSeconds !== undefined) options['maxStalenessSeconds'] = maxStalenessSeconds
  if (hedge !== undefined) options['hedge'] = hedge
  // Some tests write `Secondary`; the driver's modes begin with a small letter.
  const known = mode[0].toLowerCase() + mode.slice(1)
  return new ReadPreference(known, tagSets, options)
}

function whichDocument(given: unknown): string {
  const which = String(given).toLowerCase()
  if (which === 'before' || which === 'after') return which
  throw new Failure(`returnDocument is Before or After, not ${given}`)
}
