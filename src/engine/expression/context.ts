/**
 * What an expression is compiled in: the variables in scope, the order of values, and the moment of
 * the command that it is part of.
 *
 * A variable is a **cell**. `{ $let: { vars: { x: ... }, in: ... } }` makes one when it is
 * compiled; when it runs, it puts a value in and then evaluates what reads it. Evaluation is
 * synchronous and no expression contains itself, so a cell has one reader at a time, and passing an
 * environment along with each document would buy nothing. It follows that what is compiled belongs
 * to one command: it must not be kept for another.
 */
import type { Timestamp } from 'bson'
import type { Document } from '../../bson/index.ts'
import { BINARY_ORDER, type ValueOrder } from '../collation/index.ts'
import { ServerError } from '../errors.ts'
import { compileExpression, type Expression } from './compile.ts'

/** The moment and the chance of a command. */
export interface Runtime {
  /** `$$NOW`, epoch milliseconds: the same for all of a command. */
  readonly nowMs: number
  /** `$$CLUSTER_TIME`. */
  clusterTime(): Timestamp
  /** A double from 0 up to, and without, 1. */
  random(): number
}

/** A named place for a value. */
export class Variable {
  value: unknown = undefined
}

export type Variables = ReadonlyMap<string, Variable>

const NO_VARIABLES: Variables = new Map()

/** Names begin with a lower-case letter, but for the one that may be bound anew. */
const USER_NAME = /^(?:CURRENT|[a-z\u0080-\uffff][A-Za-z0-9_\u0080-\uffff]*)$/

export class ExpressionContext {
  readonly runtime: Runtime
  readonly order: ValueOrder
  readonly variables: Variables
  /** Whether there is a document to find fields in. */
  readonly hasDocument: boolean

  constructor(
    runtime: Runtime,
    order: ValueOrder = BINARY_ORDER,
    variables: Variables = NO_VARIABLES,
    hasDocument = true,
  ) {
    this.runtime = runtime
    this.order = order
    this.variables = variables
    this.hasDocument = hasDocument
  }

  compile(given: unknown): Expression {
    return compileExpression(given, this)
  }

  /** The document that field paths begin from, where that is not the one at hand. */
  get current(): Variable | undefined {
    return this.variables.get('CURRENT')
  }

  /**
   * A scope within this one, where these names have cells of their own.
   *
   * @throws ServerError FailedToParse for a name that a variable can't have
   */
  binding(names: readonly string[]): {
    readonly inner: ExpressionContext
    readonly cells: readonly Variable[]
  } {
    const variables = new Map(this.variables)
    const cells = names.map((name) => {
      checkUserName(name)
      const cell = new Variable()
      variables.set(name, cell)
      return cell
    })
    return { inner: this.#with(this.order, variables), cells }
  }

  /**
   * A scope with the variables of a command's `let`, which are computed once, before any document
   * is looked at; each may use those before it.
   *
   * @throws ServerError 4890500 where one asks for a field
   */
  withLet(given: Document): ExpressionContext {
    const { runtime, order } = this
    let scope = this as ExpressionContext
    for (const name in given) {
      const outside = new ExpressionContext(runtime, order, scope.variables, false)
      scope = scope.withConstants({ [name]: outside.compile(given[name])({}) })
    }
    return scope
  }

  /** A scope with variables that keep their values, such as the constants of an update. */
  withConstants(values: Document): ExpressionContext {
    const names = Object.keys(values)
    const { inner, cells } = this.binding(names)
    names.forEach((name, i) => {
      cells[i]!.value = values[name]
    })
    return inner
  }

  /** A scope with variables that only the server may name, such as `$$PRUNE`. */
  withSystemVariables(values: Document): ExpressionContext {
    const variables = new Map(this.variables)
    for (const name in values) {
      const cell = new Variable()
      cell.value = values[name]
      variables.set(name, cell)
    }
    return this.#with(this.order, variables)
  }

  withOrder(order: ValueOrder): ExpressionContext {
    return order === this.order ? this : this.#with(order, this.variables)
  }

  #with(order: ValueOrder, variables: Variables): ExpressionContext {
    return new ExpressionContext(this.runtime, order, variables, this.hasDocument)
  }
}

/** Source: `variableValidation::validateNameForUserWrite`, variable_validation.cpp. */
function checkUserName(name: string): void {
  if (USER_NAME.test(name)) return
  if (name === '') {
    throw new ServerError('FailedToParse', 'empty variable names are not allowed')
  }
  throw new ServerError(
    'FailedToParse',
    /^[a-z\u0080-\uffff]/.test(name)
      ? `'${name}' contains an invalid character for a variable name: '${invalidCharacterOf(name)}'`
      : `'${name}' starts with an invalid character for a user variable name`,
  )
}

const invalidCharacterOf = (name: string): string =>
  /[^A-Za-z0-9_\u0080-\uffff]/.exec(name)?.[0] ?? ''
