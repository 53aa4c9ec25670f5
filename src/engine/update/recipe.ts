/**
 * The thorough way to apply leaves: an immer recipe over a draft of the document. It goes where the
 * path copy does not: into arrays by index, and from one place to another. Immer keeps the
 * untouched parts shared and says what changed.
 *
 * Values inside of a draft are drafts themselves, which costs; modifiers get the plain value
 * instead. That is sound because no two leaves overlap: what stands at the end of a leaf's path is
 * as it was before.
 */
import { current, enablePatches, Immer, type Patch as ImmerPatch, isDraft, original } from 'immer'
import { type Document, withField } from '../../bson/index.ts'
import { ServerError } from '../errors.ts'
import { AppliedUpdate } from './applied_update.ts'
import { type Container, type Found, setIn, unsetIn, walk } from './draft.ts'
import { wouldModify } from './immutable_id.ts'
import { cannotCreate, cannotTraverse, elementText } from './messages.ts'
import { REMOVED, type UpdateContext, type UpdateLeaf } from './modifier.ts'
import { isExtension, type Patch, sortPatches } from './patch.ts'
import { checkRenameable, checkRenameSource } from './rename_check.ts'
import { checkFieldName } from './storage_validation.ts'

/**
 * Freezing would turn V8's fast objects into slow ones, and our documents are immutable by
 * convention.
 */
const immer: Immer = (() => {
  enablePatches()
  return new Immer({ autoFreeze: false })
})()

export function applyByRecipe(
  document: Document,
  leaves: readonly UpdateLeaf[],
  context: UpdateContext,
): AppliedUpdate {
  const [result, patches] = immer.produceWithPatches(document, (draft: Document) => {
    const recipe = new Recipe(draft, context)
    for (const leaf of leaves) {
      if (leaf.insertOnly && !context.isInsert) continue
      if (leaf.from === undefined) recipe.apply(leaf)
      else recipe.rename(leaf)
    }
  })
  return new AppliedUpdate(document, result, leaves, sortPatches(patches.map(toPatch)))
}

function toPatch({ op, path, value }: ImmerPatch): Patch {
  const names = path.map(String)
  return op === 'remove' ? { op: 'unset', path: names } : { op: 'set', path: names, value }
}

class Recipe {
  readonly #draft: Document
  readonly #context: UpdateContext
  /** Whether there is an `_id` to protect; an upsert may make one. */
  readonly #hasId: boolean

  constructor(draft: Document, context: UpdateContext) {
    this.#draft = draft
    this.#context = context
    this.#hasId = Object.hasOwn(draft, '_id')
  }

  apply(leaf: UpdateLeaf): void {
    const found = walk(this.#draft, leaf.path)
    if (found.value !== undefined && !found.isBlocked) this.#modify(leaf, found)
    else if (leaf.modifier.missingPath === 'create') {
      if (found.isBlocked) throw this.#cannotCreate(leaf, found)
      this.#make(leaf, found, leaf.modifier.create(this.#context))
    } else if (found.isBlocked && leaf.modifier.missingPath === 'viable') {
      const { component, holder } = blockOf(leaf, found)
      throw cannotTraverse(component, leaf.path.text, holder, plain(found.container))
    }
  }

  rename(leaf: UpdateLeaf): void {
    const from = leaf.from!
    const source = walk(this.#draft, from)
    if (!checkRenameSource(from, source, plain)) return
    checkRenameable('source', from, source, this.#draft)
    const target = walk(this.#draft, leaf.path)
    checkRenameable('destination', leaf.path, target, this.#draft)
    const value = unmodified(source.value)
    if (target.isBlocked) throw this.#cannotCreate(leaf, target)
    if (target.value === undefined) this.#make(leaf, target, value)
    else this.#put(leaf, target, value)
    if (from.parts[0] === '_id' && this.#hasId) throw wouldModify(from.text)
    unsetIn(source.container, from, source.depth)
  }

  #modify(leaf: UpdateLeaf, found: Found): void {
    const { modifier, place, path } = leaf
    const existing = unmodified(found.value)
    const value = modifier.modify(existing, place, this.#draft, this.#context)
    if (Object.is(value, existing)) return
    if (value === REMOVED) {
      if (path.parts[0] === '_id' && this.#hasId) throw wouldModify(path.text)
      unsetIn(found.container, path, found.depth)
    } else if (Array.isArray(existing) && Array.isArray(value) && isExtension(existing, value)) {
      // Appending to the draft makes patches for the new elements only.
      ;(found.value as unknown[]).push(...value.slice(existing.length))
    } else {
      this.#put(leaf, found, value)
    }
  }

  /** Replaces an existing value. */
  #put({ path }: UpdateLeaf, { container, depth }: Found, value: unknown): void {
    if (path.parts[0] === '_id' && this.#hasId) throw wouldModify(path.text)
    setIn(container, path, depth, value)
    this.#checkName(path.parts[0]!, path.parts.length === 1)
  }

  /** Makes a value and, where they are missing, the documents that lead to it. */
  #make({ path }: UpdateLeaf, { container, depth }: Found, value: unknown): void {
    const { parts } = path
    let made = value
    for (let i = parts.length - 1; i > depth; i--) made = withField({}, parts[i]!, made)
    setIn(container, path, depth, made)
    if (parts[0] === '_id' && this.#hasId) {
      const taken = parts.slice(0, depth)
      throw new ServerError(
        'ImmutableField',
        `Updating the path '${taken.join('.')}' to ${elementText(taken.at(-1)!, plain(container))}` +
          " would modify the immutable field '_id'",
      )
    }
    this.#checkName(parts[0]!, depth === 0)
  }

  #checkName(name: string, isSet: boolean): void {
    if (isSet && !this.#context.isInsert) checkFieldName(this.#draft, name)
  }

  #cannotCreate(leaf: UpdateLeaf, found: Found): ServerError {
    const { component, holder } = blockOf(leaf, found)
    return cannotCreate(component, holder, plain(found.container))
  }
}

/** The component that could not be followed, and the name of what it was to be followed in. */
function blockOf({ path }: UpdateLeaf, { depth }: Found): { component: string; holder: string } {
  return { component: path.parts[depth]!, holder: path.parts[depth - 1]! }
}

/** A draft as it is now. */
function plain(value: unknown): unknown {
  return isDraft(value) ? current(value) : value
}

/** A draft as it was before the update. */
function unmodified(value: unknown): unknown {
  return isDraft(value) ? original(value as Container) : value
}
