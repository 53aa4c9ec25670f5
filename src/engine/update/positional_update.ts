/**
 * Updates whose paths name elements by what they are rather than by where they stand: `a.$` the
 * element that the filter matched, `a.$[]` all, `a.$[x]` those that an array filter lets through.
 *
 * For each document such a path becomes the plain paths of the elements in question, and then the
 * update is one like any other: the recipe does the rest. Two of them may turn out to be the same
 * place only then, which is a conflict. Source: update_array_node.cpp (8.0).
 */
import { type Document, fieldOf, isDocument, parsePath } from '../../bson/index.ts'
import { ServerError } from '../errors.ts'
import type { AppliedUpdate } from './applied_update.ts'
import type { ArrayFilters } from './array_filters.ts'
import { elementText } from './messages.ts'
import type { UpdateContext, UpdateLeaf } from './modifier.ts'
import { OperatorUpdate } from './operator_update.ts'
import type { CompiledUpdate } from './update.ts'
import { comparePaths, identifierIn } from './update_path.ts'

export class PositionalUpdate implements CompiledUpdate {
  readonly kind = 'operators'
  readonly leaves: readonly UpdateLeaf[]
  readonly #filters: ArrayFilters

  constructor(leaves: readonly UpdateLeaf[], filters: ArrayFilters) {
    this.leaves = leaves
    this.#filters = filters
  }

  apply(document: Document, context: UpdateContext): AppliedUpdate {
    const plain: UpdateLeaf[] = []
    for (const leaf of this.leaves) {
      if (leaf.insertOnly && !context.isInsert) continue
      if (leaf.isPositional) {
        const places = new Expansion(document, context, this.#filters).of(leaf.path.parts)
        for (const parts of places) plain.push(leafAt(leaf, parts))
      } else {
        plain.push(leaf)
      }
    }
    plain.sort((a, b) => comparePaths(a.path.parts, b.path.parts))
    checkDistinct(plain)
    return new OperatorUpdate(plain).apply(document, context)
  }
}

function leafAt(leaf: UpdateLeaf, parts: readonly string[]): UpdateLeaf {
  const path = parsePath(parts.join('.'))
  return { ...leaf, path, place: { path: path.text, name: parts[parts.length - 1]! } }
}

/** Sorted, a path comes right before those that it leads to. */
function checkDistinct(leaves: readonly UpdateLeaf[]): void {
  for (let i = 1; i < leaves.length; i++) {
    const before = leaves[i - 1]!.path.text
    const { text } = leaves[i]!.path
    if (text !== before && !text.startsWith(`${before}.`)) continue
    throw new ServerError('ConflictingUpdateOperators', `Update created a conflict at '${before}'`)
  }
}

/** The elements that a path stands for in one document. */
class Expansion {
  readonly #document: Document
  readonly #context: UpdateContext
  readonly #filters: ArrayFilters
  readonly #places: string[][] = []

  constructor(document: Document, context: UpdateContext, filters: ArrayFilters) {
    this.#document = document
    this.#context = context
    this.#filters = filters
  }

  /** @throws ServerError 2 where the filter matched no element, or there is no array */
  of(parts: readonly string[]): readonly (readonly string[])[] {
    const named = parts.map((part) => (part === '$' ? this.#matched() : part))
    this.#follow(named, 0, this.#document, [])
    return this.#places
  }

  #matched(): string {
    const position = this.#context.matchedPosition?.(this.#document)
    if (position !== undefined) return String(position)
    throw new ServerError(
      'BadValue',
      'The positional operator did not find the match needed from the query.',
    )
  }

  #follow(
    parts: readonly string[],
    depth: number,
    container: unknown,
    taken: readonly string[],
  ): void {
    const part = parts[depth]
    if (part === undefined) {
      this.#places.push([...taken])
      return
    }
    const identifier = identifierIn(part)
    if (identifier === undefined) {
      this.#follow(parts, depth + 1, childOf(container, part), [...taken, part])
      return
    }
    const filter = identifier === '' ? undefined : this.#filters.get(identifier)!
    elementsOf(container, taken).forEach((element, at) => {
      if (filter !== undefined && !filter.matches(element)) return
      this.#follow(parts, depth + 1, element, [...taken, String(at)])
    })
  }
}

function elementsOf(container: unknown, taken: readonly string[]): readonly unknown[] {
  if (Array.isArray(container)) return container
  if (container === undefined) {
    throw new ServerError(
      'BadValue',
      `The path '${taken.join('.')}' must exist in the document in order to apply array updates.`,
    )
  }
  throw new ServerError(
    'BadValue',
    `Cannot apply array updates to non-array element ${elementText(taken[taken.length - 1]!, container)}`,
  )
}

function childOf(container: unknown, name: string): unknown {
  if (Array.isArray(container)) return container[parsePath(name).indexes[0]!]
  return isDocument(container) ? fieldOf(container, name) : undefined
}
