import { canonicalText, type Document, isDocument } from '../../../bson/index.ts'
import { ServerError } from '../../errors.ts'
import type { Pulled } from '../../exec/plan_executor.ts'
import type { Expression, Variable } from '../../expression/index.ts'
import type { OperationContext } from '../../operation_context.ts'
import type { Flow } from '../flow.ts'
import type { StageDescriptor } from '../stage.ts'

/** What the expression answers by, as variables and as their values. */
const DECISIONS = { DESCEND: 'descend', PRUNE: 'prune', KEEP: 'keep' } as const

/**
 * Documents, and documents within them, that stay, go, or are looked into, as an expression says of
 * each. Source: document_source_redact.cpp (8.0).
 */
export const redact: StageDescriptor = {
  name: '$redact',
  parse(spec, { expressions }) {
    const { inner, cells } = expressions.withSystemVariables(DECISIONS).binding(['CURRENT'])
    const redactor = new Redactor(inner.compile(spec), cells[0]!)
    return { open: (input) => new RedactFlow(input, redactor) }
  },
}

class Redactor {
  readonly #decide: Expression
  readonly #current: Variable

  constructor(decide: Expression, current: Variable) {
    this.#decide = decide
    this.#current = current
  }

  /** Undefined: it goes. */
  apply(document: Document, root: Document): Document | undefined {
    this.#current.value = document
    const decision = this.#decide(root)
    switch (decision) {
      case DECISIONS.KEEP:
        return document
      case DECISIONS.PRUNE:
        return undefined
      case DECISIONS.DESCEND:
        return this.#descend(document, root)
      default:
        throw new ServerError(
          17053,
          `$redact's expression should not return anything aside from the variables $$KEEP, $$DESCEND, and $$PRUNE, but returned ${canonicalText(decision)}`,
        )
    }
  }

  #descend(document: Document, root: Document): Document {
    const made: Document = {}
    for (const name in document) {
      const value = this.#within(document[name], root)
      if (value !== undefined) made[name] = value
    }
    return made
  }

  #within(value: unknown, root: Document): unknown {
    if (isDocument(value)) return this.apply(value, root)
    if (!Array.isArray(value)) return value
    return value.map((element) => this.#within(element, root)).filter((kept) => kept !== undefined)
  }
}

class RedactFlow implements Flow {
  document: Document = {}
  readonly #input: Flow
  readonly #redactor: Redactor

  constructor(input: Flow, redactor: Redactor) {
    this.#input = input
    this.#redactor = redactor
  }

  next(op: OperationContext): Pulled {
    for (;;) {
      const pulled = this.#input.next(op)
      if (pulled !== 'record') return pulled
      const kept = this.#redactor.apply(this.#input.document, this.#input.document)
      if (kept === undefined) continue
      this.document = kept
      return pulled
    }
  }
}
