import type { Document } from '../../bson/index.ts'
import type { Namespace } from '../../engine/index.ts'

/**
 * What a privilege is about: the whole of a kind of things, or one of them. Source:
 * resource_pattern.h (8.0), without tenants and time series, of which there are none.
 */
export interface Resource {
  /** Says the same as the document, and is what privileges are looked up by. */
  readonly key: string
  /** As privileges show it. */
  readonly document: Document
}

/** The server as a whole. */
export const CLUSTER: Resource = { key: 'cluster', document: { cluster: true } }

/** Everything there is. */
export const ANYTHING: Resource = { key: 'anything', document: { anyResource: true } }

/** Each database but `local` and `config`, and each collection in them but the system's. */
export const ANY_NORMAL: Resource = { key: 'normal', document: { db: '', collection: '' } }

/** A database, and each collection in it but the system's. */
export function database(db: string): Resource {
  return { key: `database ${db}`, document: { db, collection: '' } }
}

/** The collections of this name in all databases. */
export function collectionNamed(coll: string): Resource {
  return { key: `collection ${coll}`, document: { db: '', collection: coll } }
}

export function namespace({ db, coll }: Namespace): Resource {
  return { key: `namespace ${db}.${coll}`, document: { db, collection: coll } }
}

/**
 * The keys of all resources that a namespace is part of. Source: resource_pattern_search_list.h
 */
export function* keysCovering(ns: Namespace): Generator<string> {
  yield ANYTHING.key
  if (isNormalCollection(ns)) {
    if (isNormalDatabase(ns.db)) yield ANY_NORMAL.key
    yield database(ns.db).key
  }
  yield collectionNamed(ns.coll).key
  yield namespace(ns).key
}

export function* keysCoveringDatabase(db: string): Generator<string> {
  yield ANYTHING.key
  if (isNormalDatabase(db)) yield ANY_NORMAL.key
  yield database(db).key
}

export const KEYS_COVERING_CLUSTER: readonly string[] = [ANYTHING.key, CLUSTER.key]

/** Whether a resource is, or may be, about something in this database. */
export function mayLieIn(resource: Resource, db: string): boolean {
  const { key, document } = resource
  if (key === CLUSTER.key) return false
  if (key === ANYTHING.key) return true
  if (key === ANY_NORMAL.key) return isNormalDatabase(db)
  return document['db'] === '' || document['db'] === db
}

function isNormalDatabase(db: string): boolean {
  return db !== 'local' && db !== 'config'
}

function isNormalCollection({ db, coll }: Namespace): boolean {
  return !coll.startsWith('system.') && !(db === 'local' && coll.startsWith('replset.'))
}
