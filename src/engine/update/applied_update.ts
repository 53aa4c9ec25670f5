/** The outcome of an update on one document. */
import { type Document, isInt32 } from '../../bson/index.ts'
import type { UpdateLeaf } from './modifier.ts'
import { type Patch, patchesAlong } from './patch.ts'

export class AppliedUpdate {
  /** The new version; the very document given where nothing changed. */
  readonly document: Document
  /** Whether there is anything to write. */
  readonly changed: boolean
  readonly #before: Document
  readonly #leaves: readonly UpdateLeaf[]
  #patches: readonly Patch[] | undefined

  /**
   * @param leaves what may have changed, unless `patches` says it
   */
  constructor(
    before: Document,
    document: Document,
    leaves: readonly UpdateLeaf[],
    patches?: readonly Patch[],
  ) {
    this.document = document
    this.changed = document !== before
    this.#before = before
    this.#leaves = leaves
    this.#patches = patches
  }

  /** A whole new document: one to write even where it says the same as the one before. */
  static replaced(document: Document): AppliedUpdate {
    return new AppliedUpdate({}, document, [], [{ op: 'replace', path: [], value: document }])
  }

  /**
   * Whether the document may be larger or deeper than before: not where a number or a truth value
   * took the place of another. To look at what changed is a fraction of measuring the document.
   */
  get mayHaveGrown(): boolean {
    for (const { isPlain, place } of this.#leaves) {
      if (!isPlain) return true
      if (!takesNoMore(this.document[place.name], this.#before[place.name])) return true
    }
    return this.#leaves.length === 0
  }

  /** What changed, sorted by path; worked out when first asked for. */
  get patches(): readonly Patch[] {
    this.#patches ??= patchesAlong(
      this.#before,
      this.document,
      this.#leaves.map(({ path }) => path.parts),
    )
    return this.#patches
  }
}

/** Whether one value certainly takes no more bytes than another. */
function takesNoMore(value: unknown, other: unknown): boolean {
  if (value === other) return true
  if (typeof value !== typeof other) return false
  return typeof value === 'number'
    ? isInt32(value) || !isInt32(other as number)
    : typeof value === 'boolean'
}
