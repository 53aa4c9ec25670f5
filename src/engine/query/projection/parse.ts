/**
 * From a projection to its tree.
 *
 * A projection is an *inclusion* (`{ a: 1 }`: these fields and `_id`) or an *exclusion*
 * (`{ a: 0 }`: all but these); the first field other than `_id` decides, and the others must agree.
 * `_id` may go either way.
 *
 * Source of rules, codes and messages: server, projection_parser.cpp.
 */
import { type Document, isDocument, isNumeric, typeNameOf } from '../../../bson/index.ts'
import { ServerError } from '../../errors.ts'
import { isTrue, parseFieldPath } from '../../expression/index.ts'
import { compileFilter } from '../compile_filter.ts'
import { firstFieldName } from '../operator_document.ts'
import { parseSlice } from './slice.ts'
import { addLeaf, emptyTree, type ProjectionTree } from './tree.ts'

export type ProjectionKind = 'inclusion' | 'exclusion'

export interface ParsedProjection {
  readonly kind: ProjectionKind
  readonly root: ProjectionTree
}

export function parseProjection(spec: Document): ParsedProjection {
  return new ProjectionParser().parse(spec)
}

class ProjectionParser {
  readonly #root = emptyTree()
  #kind: ProjectionKind | undefined
  #idIncluded: boolean | undefined
  #mentionsId = false
  #hasSlice = false
  #hasElemMatch = false

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
    return { kind, root: this.#root }
  }

  #parseField(name: string, value: unknown, parents: readonly string[]): void {
    if (name === '$' || name.endsWith('.$') || name.includes('.$.')) {
      throw new ServerError('NotImplemented', 'positional projection is not supported yet')
    }
    if (isDocument(value)) this.#parseObject(name, value, parents)
    else if (typeof value === 'boolean' || isNumeric(value)) {
      this.#parseFlag(name, isTrue(value), parents)
    } else {
      throw expression(`a literal of type ${typeNameOf(value)}`)
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
    if (operator === '$slice') {
      addLeaf(this.#root, path, parseSlice(spec))
      this.#hasSlice = true
    } else if (operator === '$elemMatch') {
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
      throw expression(operator)
    }
  }

  #parseElemMatch(spec: Document, path: readonly string[]): void {
    const argument = spec['$elemMatch']
    if (!isDocument(argument)) {
      const type = typeNameOf(argument)
      throw new ServerError(31274, `elemMatch: Invalid argument, object required, but got ${type}`)
    }
    if (path.length > 1) {
      throw new ServerError(31275, 'Cannot use $elemMatch projection on a nested field.')
    }
    const filter = compileFilter({ element: { $elemMatch: argument } })
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

function expression(what: string): ServerError {
  return new ServerError(
    'NotImplemented',
    `aggregation expressions in a projection are not supported yet: ${what}`,
  )
}
