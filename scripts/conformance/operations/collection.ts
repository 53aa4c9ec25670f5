import { collectionWrites } from './collection_writes.ts'
import { openCursor, openStream } from './cursor.ts'
import { required } from './required.ts'
import type { OperationsOf } from './table.ts'

const reads: OperationsOf<'collection'> = {
  aggregate(collection, { pipeline, ...options }) {
    return collection.aggregate(pipeline, options).toArray()
  },
  count(collection, { filter, ...options }) {
    return collection.count(filter, options)
  },
  countDocuments(collection, { filter, ...options }) {
    return collection.countDocuments(filter, options)
  },
  createChangeStream(collection, { pipeline, ...options }) {
    return openStream(collection.watch(pipeline, options))
  },
  createFindCursor(collection, { filter, ...options }) {
    return openCursor(collection.find(required(filter, 'filter'), options))
  },
  distinct(collection, { fieldName, filter, ...options }) {
    return collection.distinct(fieldName, filter, options)
  },
  estimatedDocumentCount(collection, options) {
    return collection.estimatedDocumentCount(options)
  },
  find(collection, { filter, ...options }) {
    return collection.find(required(filter, 'filter'), options).toArray()
  },
  findOne(collection, { filter, ...options }) {
    return collection.findOne(filter, options)
  },
  async listIndexNames(collection, options) {
    return (await collection.listIndexes(options).toArray()).map(({ name }) => name)
  },
  listIndexes(collection, options) {
    return collection.listIndexes(options).toArray()
  },
  listSearchIndexes(collection, { name, aggregationOptions }) {
    const options = aggregationOptions ?? {}
    const cursor =
      name === undefined
        ? collection.listSearchIndexes(options)
        : collection.listSearchIndexes(name, options)
    return cursor.toArray()
  },
}

const definitions: OperationsOf<'collection'> = {
  createIndex(collection, { keys, ...options }) {
    return collection.createIndex(keys, options)
  },
  createSearchIndex(collection, { model }) {
    return collection.createSearchIndex(model)
  },
  createSearchIndexes(collection, { models }) {
    return collection.createSearchIndexes(models)
  },
  dropIndex(collection, { name, ...options }) {
    return collection.dropIndex(name, options)
  },
  dropIndexes(collection, options) {
    return collection.dropIndexes(options)
  },
  dropSearchIndex(collection, { name }) {
    return collection.dropSearchIndex(name)
  },
  rename(collection, { to, ...options }) {
    return collection.rename(to, options)
  },
  updateSearchIndex(collection, { name, definition }) {
    return collection.updateSearchIndex(name, definition)
  },
}

export const collectionOperations: OperationsOf<'collection'> = {
  ...reads,
  ...definitions,
  ...collectionWrites,
}
