/** The shape that every expression operator has, and what most of them have in common. */
import { type Document, isDocument, typeNameOf } from '../../bson/index.ts'
import { ServerError } from '../errors.ts'
import type { Expression } from './compile.ts'
import type { ExpressionContext } from './context.ts'

export interface Operator {
  readonly name: string
  /**
   * Compiles what follows the operator's name. (The context compiles what is inside of it: no
   * import runs in a ring.)
   */
  parse(operand: unknown, context: ExpressionContext): Expression
}

/** The type of a value as messages about expressions name it. */
export function typeText(value: unknown): string {
  return value === undefined ? 'missing' : typeNameOf(value)
}

/** Null, or nothing at all: what most operators answer null to. */
export function isNullish(value: unknown): value is null | undefined {
  return value === null || value === undefined
}

/**
 * The arguments of an operator: those of an array, or one that stands alone.
 * Source: `ExpressionNary::parseArguments`.
 *
 * @throws ServerError 16020, 28667 for too few or too many
 */
export function argumentsOf(
  name: string,
  operand: unknown,
  context: ExpressionContext,
  least = 0,
  most: number = Number.POSITIVE_INFINITY,
): Expression[] {
  const given: readonly unknown[] = Array.isArray(operand) ? operand : [operand]
  const { length } = given
  if (length < least || length > most) {
    throw least === most
      ? new ServerError(
          16020,
          `Expression ${name} takes exactly ${least} arguments. ${length} were passed in.`,
        )
      : new ServerError(
          28667,
          `Expression ${name} takes at least ${least} arguments, and at most ${most}, but ${length} were passed in.`,
        )
  }
  return given.map((argument) => context.compile(argument))
}

/** An operator that makes one value of another. */
export function unary(name: string, apply: (value: unknown) => unknown): Operator {
  return {
    name,
    parse(operand, context) {
      const [argument] = argumentsOf(name, operand, context, 1, 1) as [Expression]
      return (document) => apply(argument(document))
    },
  }
}

/** An operator that makes one value of two. */
export function binary(name: string, apply: (a: unknown, b: unknown) => unknown): Operator {
  return {
    name,
    parse(operand, context) {
      const [a, b] = argumentsOf(name, operand, context, 2, 2) as [Expression, Expression]
      return (document) => apply(a(document), b(document))
    },
  }
}

/** An operator of some number of arguments, all evaluated beforehand. */
export function nary(
  name: string,
  counts: { readonly least?: number; readonly most?: number },
  apply: (values: readonly unknown[], context: ExpressionContext) => unknown,
): Operator {
  return {
    name,
    parse(operand, context) {
      const { least, most } = counts
      const given = argumentsOf(name, operand, context, least, most)
      return (document) =>
        apply(
          given.map((argument) => argument(document)),
          context,
        )
    },
  }
}

/** The errors of an operator whose arguments have names. */
export interface NamedArguments<Name extends string> {
  readonly names: readonly Name[]
  /** What follows is no object. */
  notAnObject(given: unknown): ServerError
  /** It has a field that is none of the names. */
  unknown(name: string): ServerError
}

/** The named arguments as they were given. */
export function namedArguments<Name extends string>(
  operand: unknown,
  rules: NamedArguments<Name>,
): { readonly [N in Name]?: unknown } {
  if (!isDocument(operand)) throw rules.notAnObject(operand)
  const names: readonly string[] = rules.names
  for (const name in operand) {
    if (!names.includes(name)) throw rules.unknown(name)
  }
  return operand as Document as { readonly [N in Name]?: unknown }
}

/**
 * The value of an expression that says the same of every document, where that can be seen from how
 * it is written. Undefined: it can't.
 */
export function constantOf(given: unknown): { readonly value: unknown } | undefined {
  if (typeof given === 'string') return given.startsWith('$') ? undefined : { value: given }
  if (Array.isArray(given)) {
    return given.every((element) => constantOf(element)?.value === element)
      ? { value: given }
      : undefined
  }
  if (!isDocument(given)) return { value: given }
  const [name, ...others] = Object.keys(given)
  if (name === undefined) return { value: given }
  if (others.length > 0 || (name !== '$literal' && name !== '$const')) return undefined
  return { value: given[name] }
}
