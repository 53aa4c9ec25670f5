/**
 * The document that an upsert inserts when nothing matched: what the filter demands by equality,
 * then the update on top of it, `$setOnInsert` included, then an `_id` if there is none yet.
 *
 * Source of rules and messages: server, produce_document_for_upsert.cpp, update/path_support.cpp.
 */
import { type Document, fieldOf, parsePath, setPath } from '../../bson/index.ts'
import { invariant } from '../../invariant.ts'
import { ServerError } from '../errors.ts'
import type { PathEquality } from '../query/index.ts'
import type { UpdateContext } from './modifier.ts'
import { withIdFirst } from './replacement_update.ts'
import { checkIdValue } from './storage_validation.ts'
import type { CompiledUpdate } from './update.ts'

export interface UpsertContext extends Omit<UpdateContext, 'isInsert'> {
  /** A fresh `_id`. */
  mintId(): unknown
}

/**
 * @param equalities of the filter, sorted by path: `analysis.equalities`, or the one of a simple
 *   `_id`
 * @throws ServerError 54 NotSingleValueField (two equalities of one field), 111 NotExactValueField
 *   (a replacement and a part of `_id`), 66 ImmutableField (filter and update disagree on `_id`),
 *   53 InvalidIdField
 */
export function buildUpsert(
  equalities: readonly PathEquality[],
  update: CompiledUpdate,
  context: UpsertContext,
): Document {
  const wanted = update.kind === 'replacement' ? wholeIdOf(equalities) : equalities
  const { document } = update.apply(documentOf(wanted), {
    isInsert: true,
    nowMs: context.nowMs,
    timestamp: () => context.timestamp(),
  })
  const id = fieldOf(document, '_id')
  if (id === undefined) return withIdFirst(document, context.mintId())
  checkIdValue(id)
  return withIdFirst(document, id)
}

/** A replacement takes nothing from the filter but the `_id`, and that only whole. */
function wholeIdOf(equalities: readonly PathEquality[]): readonly PathEquality[] {
  const part = equalities.find(({ path }) => path.startsWith('_id.'))
  if (part !== undefined) {
    throw new ServerError(
      'NotExactValueField',
      `field at '_id' must be exactly specified, field at sub-path '${part.path}'found`,
    )
  }
  return equalities.filter(({ path }) => path === '_id')
}

function documentOf(equalities: readonly PathEquality[]): Document {
  let document: Document = {}
  const seen = new Set<string>()
  for (const { path: text, value } of equalities) {
    const path = parsePath(text)
    checkUnique(text, path.parts, seen)
    seen.add(text)
    const next = setPath(document, path, value)
    invariant(next !== undefined, 'equalities that do not overlap can all be set')
    document = next
  }
  return document
}

/**
 * Sorted by path, as the server's `EqualityMatches` are (path_support.h, 8.0), what an equality
 * overlaps with has come before it.
 */
function checkUnique(text: string, parts: readonly string[], seen: ReadonlySet<string>): void {
  const problem = 'cannot infer query fields to set, '
  if (seen.has(text)) {
    throw new ServerError('NotSingleValueField', `${problem}path '${text}' is matched twice`)
  }
  for (let i = parts.length - 1; i > 0; i--) {
    const prefix = parts.slice(0, i).join('.')
    if (!seen.has(prefix)) continue
    throw new ServerError(
      'NotSingleValueField',
      `${problem}both paths '${text}' and '${prefix}' are matched`,
    )
  }
}
