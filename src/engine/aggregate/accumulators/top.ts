/**
 * `$top`, `$topN`, `$bottom`, `$bottomN`: values of the documents that a sort puts first or last.
 */
import { canonicalText, type Document, isDocument } from '../../../bson/index.ts'
import { ServerError } from '../../errors.ts'
import { countOf, type ExpressionContext, namedArguments } from '../../expression/index.ts'
import { type CompiledSort, compileSort, type KeyValues } from '../../sort/index.ts'
import type { Accumulator, AccumulatorKind } from './accumulator.ts'

/** A document as it is added. */
interface Entry {
  readonly key: KeyValues
  readonly output: unknown
}

class Top implements Accumulator {
  readonly #n: number
  readonly #sort: CompiledSort
  readonly #isBottom: boolean
  readonly #entries: Entry[] = []

  constructor(n: number, sort: CompiledSort, isBottom: boolean) {
    this.#n = n
    this.#sort = sort
    this.#isBottom = isBottom
  }

  /** Keeps no more than it must, in the order of the sort; equals in the order of their coming. */
  add(value: unknown): void {
    const entry = value as Entry
    const entries = this.#entries
    let at = entries.length
    while (at > 0 && this.#sort.compareKeys(entries[at - 1]!.key, entry.key) > 0) at--
    entries.splice(at, 0, entry)
    if (entries.length <= this.#n) return
    if (this.#isBottom) entries.shift()
    else entries.pop()
  }

  value(): unknown[] {
    return this.#entries.map(({ output }) => output ?? null)
  }
}

/** The only one of a group, instead of an array of one. */
class Single implements Accumulator {
  readonly #top: Top

  constructor(sort: CompiledSort, isBottom: boolean) {
    this.#top = new Top(1, sort, isBottom)
  }

  add(value: unknown): void {
    this.#top.add(value)
  }

  value(): unknown {
    return this.#top.value()[0]
  }
}

/** Source: `accumulatorNParseArgs` and `parseArguments`, accumulator_multi.cpp (8.0). */
function top(name: string, isBottom: boolean): AccumulatorKind {
  const hasCount = name.endsWith('N')
  return {
    name,
    parse(operand, expressions) {
      const given = argumentsOf(name, operand, hasCount)
      const sort = sortOf(given['sortBy'], expressions)
      const output = expressions.compile(given['output'])
      const n = hasCount ? countOf(expressions.compile(given['n'])({})) : 1
      return {
        argument: (document): Entry => ({ key: sort.keyOf(document), output: output(document) }),
        make: () => (hasCount ? new Top(n, sort, isBottom) : new Single(sort, isBottom)),
      }
    },
  }
}

function argumentsOf(name: string, operand: unknown, hasCount: boolean): Document {
  const names = hasCount ? ['n', 'sortBy', 'output'] : ['sortBy', 'output']
  const given = namedArguments<string>(operand, {
    names,
    notAnObject: (found) =>
      new ServerError(
        5788001,
        `specification must be an object; found ${name} :${canonicalText(found)}`,
      ),
    unknown: (argument) => new ServerError(5788002, `Unknown argument to ${name} '${argument}'`),
  })
  const missing: Readonly<Record<string, number>> = { n: 5788003, output: 5788004, sortBy: 5788005 }
  for (const required of names) {
    if (required in given) continue
    throw new ServerError(missing[required]!, `Missing value for '${required}'`)
  }
  return given
}

function sortOf(sortBy: unknown, { order }: ExpressionContext): CompiledSort {
  if (isDocument(sortBy)) return compileSort(sortBy, order)
  throw new ServerError(
    5788604,
    `expected 'sortBy' to already be an object in the arguments to $top, found: ${canonicalText(sortBy)}`,
  )
}

export const TOP: readonly AccumulatorKind[] = [
  top('$bottom', true),
  top('$bottomN', true),
  top('$top', false),
  top('$topN', false),
]
