/** What changes the catalog: collections and indexes made and dropped. */
export { type CappedCopy, copyAsCapped } from './capped_copy.ts'
export { createCollection, dropCollection, dropDatabase } from './collections.ts'
export { duplicatesIn } from './duplicates.ts'
export { type CreateIndexesOutcome, createIndexes, dropIndexes, rebuildIndexes } from './indexes.ts'
export { type IndexChange, modifyCollection, withIndexChanged } from './modify_collection.ts'
export { noteModified } from './note_modified.ts'
export { type RenameRequest, renameCollection } from './rename.ts'
