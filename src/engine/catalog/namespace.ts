import { ServerError } from '../errors.ts'

/** A database and a collection in it. */
export interface Namespace {
  readonly db: string
  readonly coll: string
}

export function namespaceText(ns: Namespace): string {
  return `${ns.db}.${ns.coll}`
}

/** Databases whose writes are never replicated, or hold the server's own state. */
const INTERNAL_DATABASES: ReadonlySet<string> = new Set(['admin', 'config', 'local'])

export function isInternalDatabase(db: string): boolean {
  return INTERNAL_DATABASES.has(db)
}

const DATABASE_NAME_BYTES_MAX = 63
const NAMESPACE_BYTES_MAX = 255

const byteLength = (text: string): number => new TextEncoder().encode(text).length

/** @throws ServerError InvalidNamespace. Source: database_name.h, namespace_string.h (8.0) */
export function checkDatabaseName(db: string): void {
  if (db.length === 0 || /[/\\. "$\0]/.test(db)) {
    throw new ServerError('InvalidNamespace', `Invalid database name: '${db}'`)
  }
  if (byteLength(db) > DATABASE_NAME_BYTES_MAX) {
    throw new ServerError(
      'InvalidNamespace',
      `db name must be at most ${DATABASE_NAME_BYTES_MAX} characters, found: ${byteLength(db)}`,
    )
  }
}

/** @throws ServerError InvalidNamespace */
export function checkNamespace(ns: Namespace): void {
  checkDatabaseName(ns.db)
  const text = namespaceText(ns)
  if (ns.coll.length === 0 || ns.coll.includes('\0') || ns.coll.startsWith('.')) {
    throw new ServerError('InvalidNamespace', `Invalid namespace specified '${text}'`)
  }
}

/** What a user may create. @throws ServerError InvalidNamespace */
export function checkCreatable(ns: Namespace): void {
  checkNamespace(ns)
  const text = namespaceText(ns)
  if (ns.coll.includes('$')) {
    throw new ServerError('InvalidNamespace', `Invalid collection name: ${ns.coll}`)
  }
  if (ns.coll.startsWith('system.') && !CREATABLE_SYSTEM_COLLECTIONS.has(ns.coll)) {
    throw new ServerError('InvalidNamespace', `Invalid system namespace: ${text}`)
  }
  if (byteLength(text) > NAMESPACE_BYTES_MAX) {
    throw new ServerError(
      'InvalidNamespace',
      `Fully qualified namespace is too long. Namespace: ${text} Max: ${NAMESPACE_BYTES_MAX}`,
    )
  }
}

const CREATABLE_SYSTEM_COLLECTIONS: ReadonlySet<string> = new Set([
  'system.js',
  'system.profile',
  'system.users',
  'system.views',
])
