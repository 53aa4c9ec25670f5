/** Every operation of the format, by the kind of entity it is called on. */
import type { Document } from 'mongodb'
import type { EntityKind, EntityKinds } from '../entities.ts'
import type { TestRun } from '../test_run.ts'
import { bucketOperations } from './bucket.ts'
import { clientOperations } from './client.ts'
import { collectionOperations } from './collection.ts'
import { cursorOperations } from './cursor.ts'
import { databaseOperations } from './database.ts'
import { sessionOperations } from './session.ts'

/**
 * An operation on an entity. Its arguments are the driver's options already: sessions looked up,
 * concerns made objects. It returns what the driver gives, cursors read to their end.
 */
export type EntityOperation<Target> = (target: Target, args: Document, run: TestRun) => unknown

export type OperationsOf<K extends EntityKind> = Readonly<
  Record<string, EntityOperation<EntityKinds[K]>>
>

const NONE = {}

export const OPERATIONS: { readonly [K in EntityKind]: OperationsOf<K> } = {
  client: clientOperations,
  database: databaseOperations,
  collection: collectionOperations,
  session: sessionOperations,
  bucket: bucketOperations,
  cursor: cursorOperations,
  thread: NONE,
  topology: NONE,
  value: NONE,
}

/** Of the format, but not of the Node.js driver. */
export const NOT_IN_DRIVER: Readonly<Record<string, string>> = {
  listDatabaseObjects: 'the driver lists no database objects',
  mapReduce: 'the driver has no helper for mapReduce',
  modifyCollection: 'the driver has no helper for collMod',
  deleteByName: 'the driver deletes no GridFS files by name',
  renameByName: 'the driver renames no GridFS files by name',
}
