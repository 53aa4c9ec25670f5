/**
 * What an update operator does at one place.
 *
 * `{ $inc: { 'a.b': 1 } }` is one **leaf**: a path, and a modifier that knows what becomes of a
 * value found there and what to put where there is none. How the place is reached, and how a new
 * version of the document comes out of it, is no concern of the modifier.
 */
import type { Timestamp } from 'bson'
import type { Document, Path } from '../../bson/index.ts'

/** What an update may know beyond the document it is applied to. */
export interface UpdateContext {
  /** Whether the document is being made by an upsert: only then `$setOnInsert` applies. */
  readonly isInsert: boolean
  /** The time for `$currentDate`, epoch milliseconds. */
  readonly nowMs: number
  /** A fresh cluster timestamp, for `$currentDate` and for empty timestamps in a replacement. */
  timestamp(): Timestamp
  /**
   * The element of an array that the filter matched: what `$` in a path stands for. Not there where
   * there is no filter, or nobody asks for it.
   */
  readonly matchedPosition?: ((document: Document) => number | undefined) | undefined
}

/** The answer of a modifier that takes the value away. */
export const REMOVED: unique symbol = Symbol('removed')

/** What happens where the path does not lead to a value. */
export type MissingPath =
  /** Missing parts are made; an error where they can't be. */
  | 'create'
  /** Nothing, but an error where they could not even be made. */
  | 'viable'
  /** Nothing. */
  | 'ignore'

export interface Modifier {
  readonly missingPath: MissingPath
  /**
   * The new value, or `REMOVED`. The very value given (by `Object.is`: minus zero is not zero)
   * means: no change. Must not change it.
   *
   * @param root the document, for messages that name it
   */
  modify(existing: unknown, place: Place, root: Document, context: UpdateContext): unknown
  /** The value for a place that has none; only asked of modifiers that create. */
  create(context: UpdateContext): unknown
}

/** Where a modifier is at work: `name` is the last component of the `path`. */
export interface Place {
  readonly path: string
  readonly name: string
}

export interface UpdateLeaf {
  readonly path: Path
  /** Whether the path is one plain field that needs no check: most are. */
  readonly isPlain: boolean
  /** Whether the path names elements by `$`, `$[]` or `$[identifier]`. */
  readonly isPositional: boolean
  readonly place: Place
  readonly modifier: Modifier
  /** Applies to upserts only. */
  readonly insertOnly: boolean
  /** For `$rename`: where the value comes from; `path` is where it goes. */
  readonly from: Path | undefined
}
