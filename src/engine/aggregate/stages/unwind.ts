import { Long } from 'bson'
import { type Document, isDocument, parsePath, setPath, unsetPath } from '../../../bson/index.ts'
import { ServerError } from '../../errors.ts'
import type { Pulled } from '../../exec/plan_executor.ts'
import { type Expression, typeText } from '../../expression/index.ts'
import type { OperationContext } from '../../operation_context.ts'
import type { Flow } from '../flow.ts'
import type { StageDescriptor } from '../stage.ts'

interface Unwinding {
  readonly path: string
  readonly arrayOf: Expression
  readonly indexField: string | undefined
  readonly keepsEmpty: boolean
}

/** A document for each element of an array. Source: document_source_unwind.cpp (8.0). */
export const unwind: StageDescriptor = {
  name: '$unwind',
  parse(spec, { expressions }) {
    const { path, includeArrayIndex, preserve } = optionsOf(spec)
    const arrayOf = expressions.compile(path)
    const unwinding: Unwinding = {
      path: path.slice(1),
      arrayOf,
      indexField: includeArrayIndex,
      keepsEmpty: preserve,
    }
    return { open: (input) => new UnwindFlow(input, unwinding) }
  },
}

interface Options {
  readonly path: string
  readonly includeArrayIndex: string | undefined
  readonly preserve: boolean
}

function optionsOf(spec: unknown): Options {
  if (typeof spec !== 'string' && !isDocument(spec)) {
    throw new ServerError(
      15981,
      `expected either a string or an object as specification for $unwind stage, got ${typeText(spec)}`,
    )
  }
  const given = isDocument(spec) ? spec : { path: spec }
  for (const name in given) checkOption(name, given[name])
  const { path } = given
  if (path === undefined) throw new ServerError(28812, 'no path specified to $unwind stage')
  const text = path as string
  if (!text.startsWith('$')) {
    throw new ServerError(
      28818,
      `path option to $unwind stage should be prefixed with a '$': ${text}`,
    )
  }
  return {
    path: text,
    includeArrayIndex: given['includeArrayIndex'] as string | undefined,
    preserve: given['preserveNullAndEmptyArrays'] === true,
  }
}

function checkOption(name: string, value: unknown): void {
  switch (name) {
    case 'path':
      if (typeof value === 'string') return
      throw new ServerError(
        28808,
        `expected a string as the path for $unwind stage, got ${typeText(value)}`,
      )
    case 'preserveNullAndEmptyArrays':
      if (typeof value === 'boolean') return
      throw new ServerError(
        28809,
        `expected a boolean for the preserveNullAndEmptyArrays option to $unwind stage, got ${typeText(value)}`,
      )
    case 'includeArrayIndex':
      checkIndexField(value)
      return
    default:
      throw new ServerError(28811, `unrecognized option to $unwind stage: ${name}`)
  }
}

function checkIndexField(value: unknown): void {
  if (typeof value !== 'string' || value === '') {
    throw new ServerError(
      28810,
      `expected a non-empty string for the includeArrayIndex  option to $unwind stage, got ${typeText(value)}`,
    )
  }
  if (!value.startsWith('$')) return
  throw new ServerError(
    28822,
    `includeArrayIndex option to $unwind stage should not be prefixed with a '$': ${value}`,
  )
}

class UnwindFlow implements Flow {
  document: Document = {}
  readonly #input: Flow
  readonly #unwinding: Unwinding
  /** The elements still to come of the document that the input stands on. */
  #elements: readonly unknown[] = []
  #at = 0

  constructor(input: Flow, unwinding: Unwinding) {
    this.#input = input
    this.#unwinding = unwinding
  }

  next(op: OperationContext): Pulled {
    for (;;) {
      if (this.#at < this.#elements.length) {
        const at = this.#at++
        this.document = this.#made(this.#elements[at], at)
        return 'record'
      }
      const pulled = this.#input.next(op)
      if (pulled !== 'record') return pulled
      if (this.#take(this.#input.document)) return 'record'
    }
  }

  /** Whether the document comes out as it is, or nearly so. */
  #take(document: Document): boolean {
    const { arrayOf, keepsEmpty, path } = this.#unwinding
    const value = arrayOf(document)
    this.#elements = []
    this.#at = 0
    if (Array.isArray(value) && value.length > 0) {
      this.#elements = value
      return false
    }
    const isNothing = value === null || value === undefined || Array.isArray(value)
    if (isNothing && !keepsEmpty) return false
    // An empty array goes, null stays.
    const kept = Array.isArray(value) ? unsetPath(document, parsePath(path)) : document
    this.document = this.#indexed(kept, null)
    return true
  }

  #made(element: unknown, at: number): Document {
    const { path } = this.#unwinding
    const document = setPath(this.#input.document, parsePath(path), element)
    return this.#indexed(document ?? this.#input.document, Long.fromNumber(at))
  }

  #indexed(document: Document, index: Long | null): Document {
    const { indexField } = this.#unwinding
    if (indexField === undefined) return document
    return setPath(document, parsePath(indexField), index) ?? document
  }
}
