/** What an update did, as events say it. Source: document_diff_to_event.cpp, 8.0. */
import { type Document, isDocument } from '../../bson/index.ts'
import type { Patch } from '../update/index.ts'

/** A path of names, from the root of the document. */
type Path = readonly string[]

/** Collects what changed, field by field. */
export class UpdateDescription {
  readonly #updatedFields: Document = {}
  readonly #removedFields: string[] = []
  readonly #truncatedArrays: Document[] = []
  readonly #disambiguatedPaths: Document = {}
  readonly #before: Document
  readonly #after: Document

  constructor(before: Document, after: Document) {
    this.#before = before
    this.#after = after
  }

  addPatches(patches: readonly Patch[]): this {
    for (const patch of patches) {
      if (patch.op === 'set') this.#updated(patch.path, patch.value)
      else if (patch.op === 'unset') this.#removed(patch.path)
    }
    return this
  }

  /** Of a difference in the layout of `diff.ts`. */
  addDiff(diff: Document, path: Path = []): this {
    if (diff['a'] === true) this.#addArrayDiff(diff, path)
    else this.#addDocumentDiff(diff, path)
    return this
  }

  /** @param expanded whether paths are also given with their parts told apart */
  toDocument(expanded: boolean): Document {
    const description = {
      updatedFields: this.#updatedFields,
      removedFields: this.#removedFields,
      truncatedArrays: this.#truncatedArrays,
    }
    if (!expanded) return description
    return { ...description, disambiguatedPaths: this.#disambiguatedPaths }
  }

  #addDocumentDiff(diff: Document, path: Path): void {
    for (const [name, value] of Object.entries(diff)) {
      if (name === 'd')
        for (const gone of Object.keys(value as Document)) this.#removed([...path, gone])
      else if (name === 'u' || name === 'i') {
        for (const [field, now] of Object.entries(value as Document))
          this.#updated([...path, field], now)
      } else this.addDiff(value as Document, [...path, name.slice(1)])
    }
  }

  #addArrayDiff(diff: Document, path: Path): void {
    for (const [name, value] of Object.entries(diff)) {
      if (name === 'l') {
        this.#truncatedArrays.push({ field: path.join('.'), newSize: value })
        this.#disambiguate(path, this.#after)
      } else if (name.startsWith('u')) this.#updated([...path, name.slice(1)], value)
      else if (name.startsWith('s')) this.addDiff(value as Document, [...path, name.slice(1)])
    }
  }

  #updated(path: Path, value: unknown): void {
    this.#updatedFields[path.join('.')] = value
    this.#disambiguate(path, this.#after)
  }

  #removed(path: Path): void {
    this.#removedFields.push(path.join('.'))
    this.#disambiguate(path, this.#before)
  }

  /** A path that could be read in two ways: a part is a number, or has a dot in it. */
  #disambiguate(path: Path, document: Document): void {
    if (!path.some((part) => part.includes('.') || /^\d+$/.test(part))) return
    const parts: (string | number)[] = []
    let inside: unknown = document
    for (const part of path) {
      parts.push(Array.isArray(inside) ? Number(part) : part)
      inside = stepInto(inside, part)
    }
    this.#disambiguatedPaths[path.join('.')] = parts
  }
}

function stepInto(value: unknown, part: string): unknown {
  if (Array.isArray(value)) return value[Number(part)]
  return isDocument(value) ? value[part] : undefined
}
