import { type Document, isDocument } from '../bson/index.ts'
import {
  type CollectionOptions,
  checkValidator,
  ServerError,
  type ValidationAction,
  type ValidationLevel,
} from '../engine/index.ts'
import { type FieldRules, types } from './fields.ts'
import type { Invocation } from './invocation.ts'

/** Of `create` and `collMod`: which documents a collection takes. */
export const VALIDATION_FIELDS = {
  validator: types.object,
  validationLevel: types.string,
  validationAction: types.string,
} as const satisfies FieldRules

type ValidationOptions = Pick<
  CollectionOptions,
  'validator' | 'validationLevel' | 'validationAction'
>

const LEVELS: readonly ValidationLevel[] = ['off', 'strict', 'moderate']
const ACTIONS: readonly ValidationAction[] = ['error', 'warn']

/**
 * What a command says of validation; only what it says.
 *
 * @throws ServerError 2 for a level or an action that is none; 72 and others for the validator
 */
export function validationIn({ op, ns, command, descriptor }: Invocation): ValidationOptions {
  const { validator } = command
  const level = oneOf(LEVELS, command, descriptor.name, 'validationLevel')
  const action = oneOf(ACTIONS, command, descriptor.name, 'validationAction')
  if (isDocument(validator)) checkValidator(op, ns, validator)
  return {
    ...(isDocument(validator) && isFilled(validator) ? { validator } : {}),
    ...(level === undefined ? {} : { validationLevel: level }),
    ...(action === undefined ? {} : { validationAction: action }),
  }
}

const isFilled = (document: Document): boolean => Object.keys(document).length > 0

function oneOf<Value extends string>(
  values: readonly Value[],
  command: Document,
  commandName: string,
  field: string,
): Value | undefined {
  const given = command[field]
  if (given === undefined || given === null) return undefined
  const found = values.find((value) => value === given)
  if (found !== undefined) return found
  throw new ServerError(
    'BadValue',
    `Enumeration value '${given}' for field '${commandName}.${field}' is not a valid value.`,
  )
}
