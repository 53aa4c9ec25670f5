import { type Document, isDocument } from '../../bson/index.ts'
import { describeSchemaFailure } from '../query/index.ts'
import { type Clause, clausesOf } from './clauses.ts'
import { describeCondition, type Verdict } from './describe_condition.ts'

/** Whether the document at hand passes a filter. */
export type Passes = (filter: Document) => boolean

/**
 * Why a document does not pass a filter, clause by clause: the `details` of a failed validation.
 * Source: doc_validation_error.cpp (8.0).
 */
export function describeFailure(filter: Document, document: Document, passes: Passes): Document {
  return new Description(document, passes).ofFilter(filter, 'fails')
}

class Description {
  readonly #document: Document
  readonly #passes: Passes

  constructor(document: Document, passes: Passes) {
    this.#document = document
    this.#passes = passes
  }

  /** @param verdict what is to be explained: inside of `$not` and `$nor`, why it passes */
  ofFilter(filter: Document, verdict: Verdict): Document {
    const clauses = clausesOf(filter)
    const [only, ...others] = clauses
    if (only !== undefined && others.length === 0) return this.#ofClause(only, verdict)
    return this.#ofAll(
      '$and',
      clauses.map((clause) => clause.filter),
      verdict,
    )
  }

  #ofClause(clause: Clause, verdict: Verdict): Document {
    const { operator, operand, filter } = clause
    switch (operator) {
      case '$and':
      case '$or':
        return this.#ofAll(operator, operand as Document[], verdict)
      case '$nor':
        return this.#ofAll('$nor', operand as Document[], opposite(verdict))
      case '$not':
        return {
          operatorName: '$not',
          details: this.ofFilter({ [clause.path]: operand }, opposite(verdict)),
        }
      case '$expr':
        return {
          operatorName: '$expr',
          specifiedAs: filter,
          reason: verdict === 'fails' ? 'expression did not match' : 'expression did match',
        }
      case '$jsonSchema':
        return verdict === 'fails'
          ? describeSchemaFailure(operand, this.#document)
          : { operatorName: operator, reason: 'schema matched' }
      default:
        return describeCondition(clause, this.#document, verdict)
    }
  }

  /** Those of several filters that the verdict is true of. */
  #ofAll(operatorName: string, filters: readonly Document[], verdict: Verdict): Document {
    const details: Document[] = []
    for (const [index, filter] of filters.entries()) {
      if (!isDocument(filter) || this.#passes(filter) === (verdict === 'fails')) continue
      details.push({ index, details: this.ofFilter(filter, verdict) })
    }
    const name = verdict === 'fails' ? 'clausesNotSatisfied' : 'clausesSatisfied'
    return { operatorName, [name]: details }
  }
}

const opposite = (verdict: Verdict): Verdict => (verdict === 'fails' ? 'passes' : 'fails')
