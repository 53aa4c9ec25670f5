/** `$bit`: bitwise `and`, `or`, `xor` on ints and longs; the result is a long if any of them is. */
import {
  canonicalText,
  type Document,
  isDocument,
  longOf,
  typeNameOf,
  typeOf,
} from '../../../bson/index.ts'
import { ServerError } from '../../errors.ts'
import { areIdentical } from '../identical.ts'
import { idText } from '../messages.ts'
import type { Modifier, Place } from '../modifier.ts'
import type { UpdateOperator } from '../operator.ts'

type Bitwise = (a: bigint, b: bigint) => bigint

const BITWISE: { readonly [name: string]: Bitwise } = {
  and: (a, b) => a & b,
  or: (a, b) => a | b,
  xor: (a, b) => a ^ b,
}

interface Step {
  readonly apply: Bitwise
  readonly operand: unknown
}

class BitModifier implements Modifier {
  readonly missingPath = 'create'
  readonly #steps: readonly Step[]

  constructor(steps: readonly Step[]) {
    this.#steps = steps
  }

  modify(existing: unknown, { name }: Place, root: Document): unknown {
    if (!isInteger(existing)) {
      throw new ServerError(
        'BadValue',
        `Cannot apply $bit to a value of non-integral type.${idText(root)} has the field ${name} of` +
          ` non-integer type ${typeNameOf(existing)}`,
      )
    }
    const result = this.#run(existing)
    return areIdentical(existing, result) ? existing : result
  }

  create(): unknown {
    return this.#run(0)
  }

  #run(start: unknown): unknown {
    let isLong = typeOf(start) === 'long'
    let bits = BigInt(String(start))
    for (const { apply, operand } of this.#steps) {
      isLong ||= typeOf(operand) === 'long'
      bits = apply(bits, BigInt(String(operand)))
    }
    return isLong ? longOf(bits) : Number(bits)
  }
}

function isInteger(value: unknown): boolean {
  const type = typeOf(value)
  return type === 'int' || type === 'long'
}

/** Source of rules and messages: server, BitNode::init. */
export const $bit = {
  name: '$bit',
  parse(operand) {
    if (!isDocument(operand)) {
      throw bad(
        `The $bit modifier is not compatible with a ${typeNameOf(operand)}. You must pass in an embedded` +
          ' document: {$bit: {field: {and/or/xor: #}}',
      )
    }
    const steps = Object.entries(operand).map(([name, value]) => parseStep(name, value))
    if (steps.length === 0) {
      throw bad(
        'You must pass in at least one bitwise operation. The format is: {$bit: {field: {and/or/xor: #}}',
      )
    }
    return new BitModifier(steps)
  },
} as const satisfies UpdateOperator

function parseStep(name: string, operand: unknown): Step {
  const shown = `{${name}: ${canonicalText(operand)}}`
  const apply = Object.hasOwn(BITWISE, name) ? BITWISE[name] : undefined
  if (apply === undefined) {
    throw bad(
      `The $bit modifier only supports 'and', 'or', and 'xor', not '${name}' which is an unknown` +
        ` operator: ${shown}`,
    )
  }
  if (!isInteger(operand)) {
    throw bad(
      `The $bit modifier field must be an Integer(32/64 bit); a '${typeNameOf(operand)}' is not supported` +
        ` here: ${shown}`,
    )
  }
  return { apply, operand }
}

function bad(message: string): ServerError {
  return new ServerError('BadValue', message)
}
