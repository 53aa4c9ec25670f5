import type { Document } from 'mongodb'
import { required } from './required.ts'
import type { OperationsOf } from './table.ts'

/** The driver adds an `_id` to what it inserts; the test's own document stays as it is. */
const copyOf = (document: Document): Document => ({ ...document })

export const collectionWrites: OperationsOf<'collection'> = {
  bulkWrite(collection, { requests, ...options }) {
    return collection.bulkWrite(requests, options)
  },
  deleteMany(collection, { filter, ...options }) {
    return collection.deleteMany(filter, options)
  },
  deleteOne(collection, { filter, ...options }) {
    return collection.deleteOne(filter, options)
  },
  findOneAndDelete(collection, { filter, ...options }) {
    return collection.findOneAndDelete(filter, options)
  },
  findOneAndReplace(collection, { filter, replacement, ...options }) {
    return collection.findOneAndReplace(filter, replacement, options)
  },
  findOneAndUpdate(collection, { filter, update, ...options }) {
    return collection.findOneAndUpdate(filter, update, options)
  },
  insertMany(collection, { documents, ...options }) {
    const copies = (required(documents, 'documents') as Document[]).map(copyOf)
    return collection.insertMany(copies, options)
  },
  insertOne(collection, { document, ...options }) {
    return collection.insertOne(copyOf(required(document, 'document')), options)
  },
  replaceOne(collection, { filter, replacement, ...options }) {
    return collection.replaceOne(filter, replacement, options)
  },
  updateMany(collection, { filter, update, ...options }) {
    return collection.updateMany(filter, update, options)
  },
  updateOne(collection, { filter, update, ...options }) {
    return collection.updateOne(filter, update, options)
  },
}
