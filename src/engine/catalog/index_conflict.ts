import { canonicalText, equalValues } from '../../bson/index.ts'
import { isSameOrder } from '../collation/index.ts'
import { ServerError } from '../errors.ts'
import { type IndexSpec, isClustered } from './index_definition.ts'
import { type Namespace, namespaceText } from './namespace.ts'

/** Server: `IndexCatalogImpl::kMaxNumIndexesAllowed`. */
const INDEXES_MAX = 64

/**
 * Those of the specifications that a collection has not, each once.
 *
 * @param known what it has
 * @throws ServerError 85 IndexOptionsConflict, 86 IndexKeySpecsConflict, 67 for too many
 */
export function missingSpecs(
  ns: Namespace,
  known: readonly IndexSpec[],
  wanted: readonly IndexSpec[],
): IndexSpec[] {
  const all = [...known]
  const missing: IndexSpec[] = []
  for (const spec of wanted) {
    if (isThere(all, spec)) continue
    if (all.length >= INDEXES_MAX) {
      throw new ServerError(
        'CannotCreateIndex',
        `add index fails, too many indexes for ${namespaceText(ns)} key:${canonicalText(spec.document['key'])}`,
      )
    }
    all.push(spec)
    missing.push(spec)
  }
  return missing
}

/**
 * Whether the index is there already. Key pattern, `unique`, `sparse`, collation and the filter of
 * a partial index together say which index it is; the name and what remains must then agree, too.
 * Source: `IndexCatalogImpl::_doesSpecConflictWithExisting` (8.0).
 *
 * @throws ServerError 86 IndexKeySpecsConflict, 85 IndexOptionsConflict, 67
 */
function isThere(known: readonly IndexSpec[], spec: IndexSpec): boolean {
  if (isClustered(known[0]!) && samePattern(known[0]!, spec)) {
    throw new ServerError(
      'CannotCreateIndex',
      'cannot create the _id index on a clustered collection that is already clustered by _id',
    )
  }
  const named = known.find((other) => other.name === spec.name)
  if (named !== undefined) {
    if (!isSameIndex(named, spec)) {
      throw new ServerError(
        'IndexKeySpecsConflict',
        `An existing index has the same name as the requested index. When index names are not specified, they are auto generated and can cause conflicts. Please refer to our documentation. Requested index: ${text(spec)}, existing index: ${text(named)}`,
      )
    }
    if (hasSameOptions(named, spec)) return true
    throw new ServerError(
      'IndexOptionsConflict',
      `An equivalent index already exists with the same name but different options. Requested index: ${text(spec)}, existing index: ${text(named)}`,
    )
  }
  const alike = known.find((other) => isSameIndex(other, spec))
  if (alike === undefined) return false
  throw new ServerError(
    'IndexOptionsConflict',
    hasSameOptions(alike, spec)
      ? `Index already exists with a different name: ${alike.name}`
      : `An equivalent index already exists with a different name and options. Requested index: ${text(spec)}, existing index: ${text(alike)}`,
  )
}

/** Whether two specifications have all in common that tells one index from another. */
function isSameIndex(a: IndexSpec, b: IndexSpec): boolean {
  return (
    samePattern(a, b) &&
    a.unique === b.unique &&
    a.sparse === b.sparse &&
    isSameOrder(a.order, b.order) &&
    equalValues(a.partial?.filter, b.partial?.filter)
  )
}

/** Whether they agree on what remains, apart from the name. */
function hasSameOptions(a: IndexSpec, b: IndexSpec): boolean {
  return a.expireAfterSeconds === b.expireAfterSeconds
}

function samePattern(a: IndexSpec, b: IndexSpec): boolean {
  return (
    a.fields.length === b.fields.length &&
    a.fields.every(({ path, direction }, i) => {
      const other = b.fields[i]!
      return other.path === path && other.direction === direction
    })
  )
}

const text = (spec: IndexSpec): string => canonicalText(spec.document)
