/**
 * From a projection to its tree.
 *
 * A projection is an *inclusion* (`{ a: 1 }`: these fields and `_id`, and fields that are computed)
 * or an *exclusion* (`{ a: 0 }`: all but these); the first field other than `_id` decides, and the
 * others must agree. `_id` may go either way.
 *
 * Source of rules, codes and messages: server, projection_parser.cpp.
 */
import {
  canonicalText,
  type Document,
  isDocument,
  isNumeric,
  typeNameOf,
} from '../../../bson/index.ts'
import { ServerError } from '../../errors.ts'
import { type ExpressionContext, isTrue, parseFieldPath } from '../../expression/index.ts'
import { orderedFilter } from '../compile_filter.ts'
import { firstFieldName } from '../operator_document.ts'
import { checkPositional, isPositional } from './positional.ts'
import { isFindSlice, parseSlice } from './slice.ts'
import { addLeaf, emptyTree, type ProjectionTree } from './tree.ts'

export type ProjectionKind = 'inclusion' | 'exclusion'

/** A find knows `$slice`, `$elemMatch` and the positional `$`, which a pipeline does not. */
export type ProjectionDialect = 'find' | 'pipeline'

export interface ParsedProjection {
  readonly kind: ProjectionKind
  readonly root: ProjectionTree
  /** The array of which only the element that the filter matched stays: `{ 'a.$': 1 }`. */
  readonly positional: string | undefined
}

export function parseProjection(
  spec: Document,
  expressions: ExpressionContext,
  dialect: ProjectionDialect,
): ParsedProjection {
  return new ProjectionParser(expressions, dialect).parse(spec)
}

class ProjectionParser {
  readonly #expressions: ExpressionContext
  readonly #isFind: boolean
  readonly #root = emptyTree()
  #kind: ProjectionKind | undefined
  #idIncluded: boolean | undefined
  #mentionsId = false
  #hasSlice = false
  #hasElemMatch = false
  #positional: string | undefined

  constructor(expressions: ExpressionContext, dialect: ProjectionDialect) {
    this.#expressions = expressions
    this.#isFind = dialect === 'find'
  }

  parse(spec: Document): ParsedProjection {
    for (const name in spec) {
      if (name === '_id' || name.startsWith('_id.')) this.#mentionsId = true
      this.#parseField(name, spec[name], [])
    }
    const kind = this.#kind ?? this.#kindByDefault()
    if (kind === 'inclusion' && !this.#mentionsId) {
      addLeaf(this.#root, ['_id'], { kind: 'include' })
    }
    if (kind === 'exclusion' && this.#idIncluded === true) this.#root.children.delete('_id')
    return { kind, root: this.#root, positional: this.#positional }
  }

  #parseField(name: string, value: unknown, parents: readonly string[]): void {
    if (this.#isFind && isPositional(name)) this.#parsePositional(name, value, parents)
    else if (isDocument(value)) this.#parseObject(name, value, parents)
    else if (typeof value === 'boolean' || isNumeric(value)) {
      this.#parseFlag(name, isTrue(value), parents)
    } else {
      this.#parseLiteral(name, value, parents)
    }
  }

  #parseFlag(name: string, included: boolean, parents: readonly string[]): void {
    const path = [...parents, ...parseFieldPath(name)]
    addLeaf(this.#root, path, { kind: included ? 'include' : 'exclude' })
    if (name === '_id' && parents.length === 0) {
      this.#idIncluded = included
      return
    }
    const kind = included ? 'inclusion' : 'exclusion'
    if (this.#kind !== undefined && this.#kind !== kind) {
      throw included
        ? new ServerError(31253, `Cannot do inclusion on field ${name} in exclusion projection`)
        : new ServerError(31254, `Cannot do exclusion on field ${name} in inclusion projection`)
    }
    this.#kind = kind
  }

  #parsePositional(name: string, value: unknown, parents: readonly string[]): void {
    checkPositional(name, value, parents)
    if (this.#hasElemMatch) {
      throw new ServerError(31256, 'Cannot specify positional operator and $elemMatch.')
    }
    if (this.#positional !== undefined) {
      throw new ServerError(31276, 'Cannot specify more than one positional projection per query.')
    }
    const path = name.slice(0, -2)
    if (this.#kind === 'exclusion') {
      throw new ServerError(31395, 'positional projection cannot be used with exclusion')
    }
    this.#parseFlag(path, true, [])
    this.#positional = path
  }

  #parseObject(name: string, spec: Document, parents: readonly string[]): void {
    const path = [...parents, ...parseFieldPath(name)]
    const first = firstFieldName(spec)
    if (first === undefined) {
      throw new ServerError(
        51270,
        'An empty sub-projection is not a valid value. Found empty object at path',
      )
    }
    if (first.startsWith('$') && Object.keys(spec).length === 1) {
      this.#parseOperator(first, spec, path)
      return
    }
    for (const inner in spec) this.#parseField(inner, spec[inner], path)
  }

  #parseOperator(operator: string, spec: Document, path: readonly string[]): void {
    if (this.#isFind && operator === '$slice' && isFindSlice(spec, this.#expressions)) {
      addLeaf(this.#root, path, parseSlice(spec))
      this.#hasSlice = true
    } else if (this.#isFind && operator === '$elemMatch') {
      this.#parseElemMatch(spec, path)
    } else if (operator === '$meta') {
      throw new ServerError('NotImplemented', '$meta in a projection is not supported yet')
    } else {
      if (this.#kind === 'exclusion') {
        throw new ServerError(
          31252,
          'Cannot use expression other than $meta in exclusion projection',
        )
      }
      this.#addComputed(path, spec)
    }
  }

  /** A text with `$` is a path, any other value stands for itself. */
  #parseLiteral(name: string, value: unknown, parents: readonly string[]): void {
    if (this.#kind === 'exclusion') {
      throw new ServerError(
        31310,
        `Cannot use an expression ${name}: ${canonicalText(value)} in an exclusion projection`,
      )
    }
    this.#addComputed([...parents, ...parseFieldPath(name)], value)
  }

  #addComputed(path: readonly string[], given: unknown): void {
    const expression = this.#expressions.compile(given)
    addLeaf(this.#root, path, { kind: 'computed', expression })
    this.#kind = 'inclusion'
  }

  #parseElemMatch(spec: Document, path: readonly string[]): void {
    const argument = spec['$elemMatch']
    if (!isDocument(argument)) {
      const type = typeNameOf(argument)
      throw new ServerError(31274, `elemMatch: Invalid argument, object required, but got ${type}`)
    }
    if (this.#positional !== undefined) {
      throw new ServerError(31255, 'Cannot specify positional operator and $elemMatch.')
    }
    if (path.length > 1) {
      throw new ServerError(31275, 'Cannot use $elemMatch projection on a nested field.')
    }
    const filter = orderedFilter({ element: { $elemMatch: argument } }, this.#expressions.order)
    const matches = (document: Document): boolean => filter.matches(document)
    addLeaf(this.#root, path, { kind: 'elemMatch', matches })
    this.#hasElemMatch = true
  }

  /** Where no field decides, operators and `_id` do. */
  #kindByDefault(): ProjectionKind {
    if (this.#hasSlice) return this.#idIncluded === true ? 'inclusion' : 'exclusion'
    if (this.#hasElemMatch || this.#idIncluded === true) return 'inclusion'
    return 'exclusion'
  }
}
