/** What changes the catalog: collections and indexes made and dropped. */
export { createCollection, dropCollection, dropDatabase } from './collections.ts'
export { type CreateIndexesOutcome, createIndexes, dropIndexes } from './indexes.ts'
export { setIndexExpiry } from './modify_index.ts'
export { type RenameRequest, renameCollection } from './rename.ts'
