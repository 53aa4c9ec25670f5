/**
 * Connection strings, as far as they mean something in process: what they say of databases,
 * retries, concerns and time-outs. Where the server is, is settled already; so hosts, `replicaSet`
 * and `directConnection` are read, and lead nowhere.
 *
 *     sim.client('mongodb://localhost/shop?retryWrites=false&w=majority')
 *
 * Source: specifications, connection-string, uri-options.
 */
import type { ClientOptions } from './client_options.ts'
import type { ReadPreferenceMode } from './concerns.ts'
import type { ErrorClasses } from './errors.ts'

type Target = { -readonly [Name in keyof ClientOptions]: ClientOptions[Name] }
type Reader = (into: Target, text: string, refuse: (what: string) => Error) => void

const flag =
  (name: 'retryWrites' | 'retryReads'): Reader =>
  (into, text, refuse) => {
    into[name] = toBoolean(name, text, refuse)
  }

const count =
  (name: 'maxAdaptiveRetries' | 'serverSelectionTimeoutMS' | 'timeoutMS'): Reader =>
  (into, text, refuse) => {
    into[name] = toCount(name, text, refuse)
  }

const nowhere: Reader = () => undefined

/** By their names in lower case: in a connection string, case does not count. */
const READERS: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['retrywrites', flag('retryWrites')],
  ['retryreads', flag('retryReads')],
  ['maxadaptiveretries', count('maxAdaptiveRetries')],
  ['serverselectiontimeoutms', count('serverSelectionTimeoutMS')],
  ['timeoutms', count('timeoutMS')],
  [
    'w',
    (into, text) => {
      into.writeConcern = { ...into.writeConcern, w: /^\d+$/.test(text) ? Number(text) : text }
    },
  ],
  [
    'journal',
    (into, text, refuse) => {
      const journal = toBoolean('journal', text, refuse)
      into.writeConcern = { ...into.writeConcern, journal }
    },
  ],
  [
    'wtimeoutms',
    (into, text, refuse) => {
      const wtimeoutMS = toCount('wtimeoutMS', text, refuse)
      into.writeConcern = { ...into.writeConcern, wtimeoutMS }
    },
  ],
  [
    'readconcernlevel',
    (into, text) => {
      into.readConcern = { level: text }
    },
  ],
  [
    'readpreference',
    (into, text) => {
      into.readPreference = text as ReadPreferenceMode
    },
  ],
  ['replicaset', nowhere],
  ['directconnection', nowhere],
])

const FORM = /^mongodb:\/\/(?:[^@/?]*@)?[^/?]+(?:\/(?<database>[^?]*))?(?:\?(?<options>.*))?$/

/** @throws MongoParseError for a string that is none, or an option without meaning in process */
export function parseConnectionString(text: string, errors: ErrorClasses): ClientOptions {
  const refuse = (what: string): Error => new errors.MongoParseError(what)
  const { database, options } = FORM.exec(text)?.groups ?? {}
  if (!FORM.test(text)) {
    throw refuse('Invalid scheme, expected connection string to start with "mongodb://"')
  }
  const into: Target = {}
  if (database) into.dbName = decodeURIComponent(database)
  for (const [name, value] of new URLSearchParams(options ?? '')) {
    const read = READERS.get(name.toLowerCase())
    if (read === undefined) throw refuse(`option ${name.toLowerCase()} is not supported`)
    if (value === '') throw refuse(`URI option "${name}" cannot be specified with no value`)
    read(into, value, refuse)
  }
  return into
}

function toBoolean(name: string, text: string, refuse: (what: string) => Error): boolean {
  if (text === 'true') return true
  if (text === 'false') return false
  throw refuse(`Expected ${name} to be stringified boolean value, got: ${text}`)
}

function toCount(name: string, text: string, refuse: (what: string) => Error): number {
  if (/^\d+$/.test(text)) return Number(text)
  throw refuse(`Expected ${name} to be a non-negative whole number, got: ${text}`)
}
