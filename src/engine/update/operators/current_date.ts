/** `$currentDate`: the time of the update, as a date or as a cluster timestamp. */
import { isDocument, typeNameOf } from '../../../bson/index.ts'
import { ServerError } from '../../errors.ts'
import type { Modifier, UpdateContext } from '../modifier.ts'
import type { UpdateOperator } from '../operator.ts'

const DATE: Modifier = {
  missingPath: 'create',
  modify: (_existing, _place, _root, context) => dateOf(context),
  create: dateOf,
}

const TIMESTAMP: Modifier = {
  missingPath: 'create',
  modify: (_existing, _place, _root, context) => context.timestamp(),
  create: (context) => context.timestamp(),
}

function dateOf({ nowMs }: UpdateContext): Date {
  return new Date(nowMs)
}

/** Source of rules and messages: server, CurrentDateNode::init. */
export const $currentDate = {
  name: '$currentDate',
  parse(operand) {
    if (typeof operand === 'boolean') return DATE
    if (!isDocument(operand)) {
      throw new ServerError(
        'BadValue',
        `${typeNameOf(operand)} is not valid type for $currentDate. Please use a boolean ('true') or a` +
          " $type expression ({$type: 'timestamp/date'}).",
      )
    }
    let modifier: Modifier | undefined
    for (const name in operand) {
      if (name !== '$type') {
        throw new ServerError('BadValue', `Unrecognized $currentDate option: ${name}`)
      }
      if (operand[name] === 'date') modifier = DATE
      else if (operand[name] === 'timestamp') modifier = TIMESTAMP
    }
    if (modifier === undefined) {
      throw new ServerError(
        'BadValue',
        "The '$type' string field is required to be 'date' or 'timestamp':" +
          " {$currentDate: {field : {$type: 'date'}}}",
      )
    }
    return modifier
  },
} as const satisfies UpdateOperator
