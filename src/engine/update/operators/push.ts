/** `$push`, with `$each`, `$position`, `$slice` and `$sort`: add elements to an array. */
import {
  type Document,
  isDocument,
  isNumeric,
  numberToDouble,
  typeNameOf,
} from '../../../bson/index.ts'
import type { ValueOrder } from '../../collation/index.ts'
import { ServerError } from '../../errors.ts'
import { integerArgument } from '../../query/index.ts'
import { compileSort } from '../../sort/index.ts'
import { idText } from '../messages.ts'
import type { Modifier, Place } from '../modifier.ts'
import type { UpdateOperator } from '../operator.ts'

type Sorter = (array: readonly unknown[]) => unknown[]

class PushModifier implements Modifier {
  readonly missingPath = 'create'
  readonly #values: readonly unknown[]
  readonly #position: number
  readonly #slice: number
  readonly #sort: Sorter | undefined

  constructor(values: readonly unknown[], options: PushOptions = {}) {
    this.#values = values
    this.#position = options.position ?? Number.POSITIVE_INFINITY
    this.#slice = options.slice ?? Number.POSITIVE_INFINITY
    this.#sort = options.sort
  }

  modify(existing: unknown, { path }: Place, root: Document): unknown {
    if (!Array.isArray(existing)) {
      throw new ServerError(
        'BadValue',
        `The field '${path}' must be an array but is of type ${typeNameOf(existing)} in document` +
          ` {${idText(root, 'no id')}}`,
      )
    }
    return this.#apply(existing)
  }

  create(): unknown {
    return this.#apply([])
  }

  #apply(array: readonly unknown[]): unknown {
    // The server takes a $sort, and a $slice that cuts, for a change even where nothing moves.
    const pushed = this.#values.length === 0 ? array : this.#insert(array)
    const sorted = this.#sort === undefined ? pushed : this.#sort(pushed)
    if (sorted.length <= Math.abs(this.#slice)) return sorted
    if (this.#slice >= 0) return sorted.slice(0, this.#slice)
    return sorted.slice(sorted.length + this.#slice)
  }

  /**
   * A position counts from the start, a negative one from the end; beyond either end it is that
   * end.
   */
  #insert(array: readonly unknown[]): unknown[] {
    const at = this.#position < 0 ? Math.max(0, array.length + this.#position) : this.#position
    return [...array.slice(0, at), ...this.#values, ...array.slice(at)]
  }
}

interface PushOptions {
  readonly position?: number
  readonly slice?: number
  readonly sort?: Sorter
}

export const $push = {
  name: '$push',
  parse(operand, _path, order) {
    if (!isDocument(operand) || !Object.hasOwn(operand, '$each')) return new PushModifier([operand])
    for (const clause in operand) {
      if (!CLAUSES.has(clause)) throw bad(`Unrecognized clause in $push: ${clause}`)
    }
    const each = operand['$each']
    if (!Array.isArray(each)) {
      throw bad(
        `The argument to $each in $push must be an array but it was of type: ${typeNameOf(each)}`,
      )
    }
    return new PushModifier(each, parseOptions(operand, order))
  },
} as const satisfies UpdateOperator

const CLAUSES: ReadonlySet<string> = new Set(['$each', '$slice', '$sort', '$position'])

/** Source of rules and messages: server, PushNode::init. */
function parseOptions(clauses: Document, order: ValueOrder): PushOptions {
  const options: { -readonly [Name in keyof PushOptions]: PushOptions[Name] } = {}
  if (Object.hasOwn(clauses, '$slice')) {
    const slice = integerArgument('$slice', clauses['$slice'])
    if ('problem' in slice) {
      const type = typeNameOf(clauses['$slice'])
      throw bad(`The value for $slice must be an integer value but was given type: ${type}`)
    }
    options.slice = slice.value
  }
  if (Object.hasOwn(clauses, '$sort')) options.sort = parseSort(clauses['$sort'], order)
  if (Object.hasOwn(clauses, '$position')) {
    const position = integerArgument('$position', clauses['$position'])
    if ('problem' in position) {
      const type = typeNameOf(clauses['$position'])
      throw bad(`The value for $position must be an integer value, not of type: ${type}`)
    }
    options.position = position.value
  }
  return options
}

function parseSort(sort: unknown, values: ValueOrder): Sorter {
  if (isDocument(sort)) return sortByFields(sort, values)
  if (!isNumeric(sort)) {
    throw bad(
      'The $sort is invalid: use 1/-1 to sort the whole element, or {field:1/-1} to sort embedded fields',
    )
  }
  const order = orderOf(sort)
  return (array) => array.toSorted((a, b) => order * values.compare(a, b))
}

/** By fields of the elements; elements that are no documents have none of them. */
function sortByFields(pattern: Document, values: ValueOrder): Sorter {
  const names = Object.keys(pattern)
  if (names.length === 0) {
    throw bad('The $sort pattern is empty when it should be a set of fields.')
  }
  for (const name of names) {
    orderOf(pattern[name])
    if (name === '') throw bad('The $sort field cannot be empty')
    if (name.split('.').includes('')) {
      throw bad(`The $sort field is a dotted field but has an empty part: ${name}`)
    }
  }
  const sort = compileSort(pattern, values)
  return (array) =>
    array
      .map((element) => ({ element, key: sort.keyOf(isDocument(element) ? element : {}) }))
      .sort((a, b) => sort.compareKeys(a.key, b.key))
      .map(({ element }) => element)
}

function orderOf(value: unknown): 1 | -1 {
  const order = isNumeric(value) ? numberToDouble(value) : 0
  if (order === 1 || order === -1) return order
  throw bad('The $sort element value must be either 1 or -1')
}

function bad(message: string): ServerError {
  return new ServerError('BadValue', message)
}
