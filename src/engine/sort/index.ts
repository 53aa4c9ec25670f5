/**
 * `engine/sort`: sort patterns, compiled to comparisons, and the keys that documents sort by.
 *
 * Queries, pipelines, `$push` and `$sortArray` all sort by it. Imports `bson`, `collation` and the
 * rules of field paths only.
 */
export { CompiledSort, compileSort } from './compile_sort.ts'
export { type KeyValues, keysOf, PARALLEL_ARRAYS } from './sort_keys.ts'
