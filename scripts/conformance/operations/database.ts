import { openCursor, openStream } from './cursor.ts'
import type { OperationsOf } from './table.ts'

export const databaseOperations: OperationsOf<'database'> = {
  aggregate(db, { pipeline, ...options }) {
    return db.aggregate(pipeline, options).toArray()
  },
  createChangeStream(db, { pipeline, ...options }) {
    return openStream(db.watch(pipeline, options))
  },
  createCollection(db, { collection, ...options }) {
    return db.createCollection(collection, options)
  },
  createCommandCursor(db, { command, commandName: _, batchSize, maxTimeMS, comment, ...options }) {
    const cursor = db.runCursorCommand(command, options)
    return openCursor(withGetMoreOptions(cursor, { batchSize, maxTimeMS, comment }))
  },
  dropCollection(db, { collection, ...options }) {
    return db.dropCollection(collection, options)
  },
  async listCollectionNames(db, { filter, ...options }) {
    const found = await db.listCollections(filter, { nameOnly: true, ...options }).toArray()
    return found.map(({ name }) => name)
  },
  listCollectionObjects(db, { filter: _, ...options }) {
    return db.collections(options)
  },
  listCollections(db, { filter, ...options }) {
    return db.listCollections(filter, options).toArray()
  },
  runCommand(db, { command, commandName: _, ...options }) {
    return db.command(command, options)
  },
  runCursorCommand(db, { command, commandName: _, batchSize, maxTimeMS, comment, ...options }) {
    const cursor = db.runCursorCommand(command, options)
    return withGetMoreOptions(cursor, { batchSize, maxTimeMS, comment }).toArray()
  },
}

type CommandCursor = ReturnType<import('mongodb').Db['runCursorCommand']>

interface GetMoreOptions {
  readonly batchSize: number | undefined
  readonly maxTimeMS: number | undefined
  readonly comment: unknown
}

/** The command is sent as it is; these are for what follows it. */
function withGetMoreOptions(cursor: CommandCursor, options: GetMoreOptions): CommandCursor {
  const { batchSize, maxTimeMS, comment } = options
  if (batchSize !== undefined) cursor.setBatchSize(batchSize)
  if (maxTimeMS !== undefined) cursor.setMaxTimeMS(maxTimeMS)
  if (comment !== undefined) cursor.setComment(comment)
  return cursor
}
