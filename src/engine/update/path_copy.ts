/**
 * The quick way to apply leaves: copy the documents along each path, share all else. For a flat
 * document that is one spread and one assignment, some thirty times cheaper than a draft.
 *
 * It knows no arrays along a path, nor renames: meeting one, it gives up before anything is
 * visible, and the recipe (`recipe.ts`) does the whole update instead. A property test holds the
 * two together.
 */
import { type Document, fieldOf, isDocument, withField, withoutField } from '../../bson/index.ts'
import { checkIdUntouched } from './immutable_id.ts'
import { cannotCreate, cannotTraverse } from './messages.ts'
import { REMOVED, type UpdateContext, type UpdateLeaf } from './modifier.ts'
import { checkFieldName } from './storage_validation.ts'

/** The answer when the quick way can't do it. */
export const NEEDS_RECIPE: unique symbol = Symbol('needs recipe')

/**
 * The new version, the very document given if nothing changed, or `NEEDS_RECIPE`.
 * Errors are those of the first leaf, in order, that can't be applied.
 */
export function applyByPathCopy(
  document: Document,
  leaves: readonly UpdateLeaf[],
  context: UpdateContext,
): Document | typeof NEEDS_RECIPE {
  let current = document
  for (let i = 0; i < leaves.length; i++) {
    const leaf = leaves[i]!
    if (leaf.insertOnly && !context.isInsert) continue
    if (leaf.from !== undefined) return NEEDS_RECIPE
    if (leaf.isPlain) {
      current = applyPlain(current, current !== document, leaf, context)
      continue
    }
    const next = new LeafCopy(leaf, current, context).apply(current, 0)
    if (next === NEEDS_RECIPE) return NEEDS_RECIPE
    if (next === current) continue
    checkChange(current, next, leaf, context)
    current = next
  }
  return current
}

/**
 * One field of the document itself.
 *
 * @param isOwn whether the document is a copy made by this update, which may still be changed in
 *   place
 */
function applyPlain(
  document: Document,
  isOwn: boolean,
  { modifier, place }: UpdateLeaf,
  context: UpdateContext,
): Document {
  const { name } = place
  const existing = document[name]
  let value: unknown
  if (existing === undefined) {
    if (modifier.missingPath !== 'create') return document
    value = modifier.create(context)
  } else {
    value = modifier.modify(existing, place, document, context)
    if (Object.is(value, existing)) return document
    if (value === REMOVED) return withoutField(document, name)
  }
  const copy = isOwn ? document : { ...document }
  copy[name] = value
  return copy
}

/** Checks that belong to the server's own order: right after each leaf. */
export function checkChange(
  before: Document,
  after: Document,
  { path }: UpdateLeaf,
  { isInsert }: UpdateContext,
): void {
  const first = path.parts[0]!
  if (first === '_id') checkIdUntouched(before, after, path)
  if (isInsert || !first.startsWith('$')) return
  // An upsert is checked as a whole, by the more lenient rules of an insert.
  const wasMade = fieldOf(before, first) === undefined
  if (path.parts.length === 1 ? fieldOf(after, first) !== undefined : wasMade) {
    checkFieldName(after, first)
  }
}

/** One leaf on its way down the document. */
class LeafCopy {
  readonly #leaf: UpdateLeaf
  readonly #root: Document
  readonly #context: UpdateContext

  constructor(leaf: UpdateLeaf, root: Document, context: UpdateContext) {
    this.#leaf = leaf
    this.#root = root
    this.#context = context
  }

  /** The container with the leaf applied below it, or the very one given. */
  apply(container: Document, depth: number): Document | typeof NEEDS_RECIPE {
    const { parts } = this.#leaf.path
    const name = parts[depth]!
    const existing = fieldOf(container, name)
    if (existing === undefined) return this.#create(container, depth)
    if (depth === parts.length - 1) return this.#modify(container, name, existing)
    if (!isDocument(existing)) {
      if (Array.isArray(existing)) return NEEDS_RECIPE
      this.#blocked(parts[depth + 1]!, name, existing)
      return container
    }
    const inner = this.apply(existing, depth + 1)
    if (inner === existing) return container
    return inner === NEEDS_RECIPE ? NEEDS_RECIPE : withField(container, name, inner)
  }

  #modify(container: Document, name: string, existing: unknown): Document {
    const { modifier, place } = this.#leaf
    const value = modifier.modify(existing, place, this.#root, this.#context)
    if (Object.is(value, existing)) return container
    return value === REMOVED ? withoutField(container, name) : withField(container, name, value)
  }

  #create(container: Document, depth: number): Document {
    const { modifier, path } = this.#leaf
    if (modifier.missingPath !== 'create') return container
    let value = modifier.create(this.#context)
    for (let i = path.parts.length - 1; i > depth; i--) value = withField({}, path.parts[i]!, value)
    return withField(container, path.parts[depth]!, value)
  }

  /** The path runs into a value that holds no fields. */
  #blocked(component: string, holder: string, value: unknown): void {
    switch (this.#leaf.modifier.missingPath) {
      case 'create':
        throw cannotCreate(component, holder, value)
      case 'viable':
        throw cannotTraverse(component, this.#leaf.path.text, holder, value)
      case 'ignore':
        return
    }
  }
}
