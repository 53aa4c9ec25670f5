/**
 * `engine/update`: the update language, compiled.
 *
 * An update becomes a list of leaves, each a path and a modifier, applied in the order of their
 * paths. Two ways lead to the same result: a path copy for documents all the way (`path_copy.ts`),
 * and an immer recipe for what is harder (`recipe.ts`). Both share with the old version whatever
 * did not change, and both say what did, as patches. Pure: time and timestamps come in as
 * arguments.
 *
 * - `compileUpdate`, then `apply` to each document.
 * - `buildUpsert`: the document that an upsert inserts.
 * - `checkIdValue`, `withIdFirst`, `withTimestamps`: the rules for documents about to be inserted.
 *
 * Everything a user can get wrong is a `ServerError` with the code and message of MongoDB 8.0. Size
 * and depth of the result are the caller's to check. Imports `bson`, `query` and the engine's
 * errors only.
 */
export { AppliedUpdate } from './applied_update.ts'
export { compileUpdate, type UpdateOptions } from './compile_update.ts'
export { areIdentical } from './identical.ts'
export type { UpdateContext } from './modifier.ts'
export type { Patch } from './patch.ts'
export { withIdFirst, withTimestamps } from './replacement_update.ts'
export { checkIdValue } from './storage_validation.ts'
export type { CompiledUpdate } from './update.ts'
export { buildUpsert, type UpsertContext } from './upsert.ts'
