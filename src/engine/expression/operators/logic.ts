/** `$and`, `$or`, `$not`, the comparisons, `$cond`, `$ifNull`, `$switch`. */
import { type Document, isDocument } from '../../../bson/index.ts'
import { ServerError } from '../../errors.ts'
import type { Expression } from '../compile.ts'
import type { ExpressionContext } from '../context.ts'
import { argumentsOf, isNullish, namedArguments, type Operator, typeText } from '../operator.ts'
import { isTrue } from '../truth.ts'

const and: Operator = {
  name: '$and',
  parse(operand, context) {
    const given = argumentsOf('$and', operand, context)
    return (document) => given.every((argument) => isTrue(argument(document)))
  },
}

const or: Operator = {
  name: '$or',
  parse(operand, context) {
    const given = argumentsOf('$or', operand, context)
    return (document) => given.some((argument) => isTrue(argument(document)))
  },
}

const not: Operator = {
  name: '$not',
  parse(operand, context) {
    const [argument] = argumentsOf('$not', operand, context, 1, 1) as [Expression]
    return (document) => !isTrue(argument(document))
  },
}

/** Over all types, in BSON's order or that of the collation; a missing value is the least. */
function comparison(name: string, decide: (difference: number) => unknown): Operator {
  return {
    name,
    parse(operand, context) {
      const [a, b] = argumentsOf(name, operand, context, 2, 2) as [Expression, Expression]
      const { order } = context
      return (document) => decide(order.compare(a(document), b(document)))
    },
  }
}

const cond: Operator = {
  name: '$cond',
  parse(operand, context) {
    const [condition, yes, no] = isDocument(operand)
      ? condParts(operand, context)
      : argumentsOf('$cond', operand, context, 3, 3)
    return (document) => (isTrue(condition!(document)) ? yes!(document) : no!(document))
  },
}

/** The parts of `$cond`, and what the lack of each is called. */
const COND_PARTS: ReadonlyMap<string, number> = new Map([
  ['if', 17080],
  ['then', 17081],
  ['else', 17082],
])

function condParts(given: Document, context: ExpressionContext): Expression[] {
  for (const name in given) {
    if (COND_PARTS.has(name)) continue
    throw new ServerError(17083, `Unrecognized parameter to $cond: ${name}`)
  }
  return [...COND_PARTS].map(([name, code]) => {
    if (Object.hasOwn(given, name)) return context.compile(given[name])
    throw new ServerError(code, `Missing '${name}' parameter to $cond`)
  })
}

const ifNull: Operator = {
  name: '$ifNull',
  parse(operand, context) {
    const given = argumentsOf('$ifNull', operand, context)
    if (given.length < 2) {
      throw new ServerError(1257300, `$ifNull needs at least two arguments, had: ${given.length}`)
    }
    return (document) => {
      let value: unknown
      for (const argument of given) {
        value = argument(document)
        if (!isNullish(value)) break
      }
      return value
    }
  },
}

interface Branch {
  readonly condition: Expression
  readonly result: Expression
}

/** Source: `ExpressionSwitch::parse`, expression.cpp. */
const switchOperator: Operator = {
  name: '$switch',
  parse(operand, context) {
    const given = namedArguments(operand, {
      names: ['branches', 'default'],
      notAnObject: (found) =>
        new ServerError(
          40060,
          `$switch requires an object as an argument, found: ${typeText(found)}`,
        ),
      unknown: (name) => new ServerError(40067, `$switch found an unknown argument: ${name}`),
    })
    const branches = branchesOf(given.branches, context)
    const otherwise = 'default' in given ? context.compile(given.default) : undefined
    return (document) => {
      for (const { condition, result } of branches) {
        if (isTrue(condition(document))) return result(document)
      }
      if (otherwise !== undefined) return otherwise(document)
      throw new ServerError(
        40066,
        '$switch could not find a matching branch for an input, and no default was specified.',
      )
    }
  },
}

function branchesOf(given: unknown, context: ExpressionContext): Branch[] {
  if (given === undefined) {
    throw new ServerError(40068, '$switch requires at least one branch.')
  }
  if (!Array.isArray(given)) {
    throw new ServerError(
      40061,
      `$switch expected an array for 'branches', found: ${typeText(given)}`,
    )
  }
  if (given.length === 0) throw new ServerError(40068, '$switch requires at least one branch.')
  return given.map((branch) => branchOf(branch, context))
}

function branchOf(given: unknown, context: ExpressionContext): Branch {
  const parts = namedArguments(given, {
    names: ['case', 'then'],
    notAnObject: (found) =>
      new ServerError(
        40062,
        `$switch expected each branch to be an object, found: ${typeText(found)}`,
      ),
    unknown: (name) =>
      new ServerError(40063, `$switch found an unknown argument to a branch: ${name}`),
  })
  if (!('case' in parts)) {
    throw new ServerError(40064, "$switch requires each branch have a 'case' expression")
  }
  if (!('then' in parts)) {
    throw new ServerError(40065, "$switch requires each branch have a 'then' expression.")
  }
  return { condition: context.compile(parts.case), result: context.compile(parts.then) }
}

export const LOGIC: readonly Operator[] = [
  and,
  comparison('$cmp', Math.sign),
  cond,
  comparison('$eq', (difference) => difference === 0),
  comparison('$gt', (difference) => difference > 0),
  comparison('$gte', (difference) => difference >= 0),
  ifNull,
  comparison('$lt', (difference) => difference < 0),
  comparison('$lte', (difference) => difference <= 0),
  comparison('$ne', (difference) => difference !== 0),
  not,
  or,
  switchOperator,
]
