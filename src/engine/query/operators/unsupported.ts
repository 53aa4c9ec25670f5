/**
 * Operators that the server has and we do not have yet. Each is refused by name with 238
 * NotImplemented, never ignored; a name that the server does not know either is 2 BadValue, as
 * there.
 */
import { ServerError } from '../../errors.ts'
import type { PathOperator, TopLevelOperator } from '../operator.ts'

function refuse(name: string): never {
  throw new ServerError('NotImplemented', `query operator ${name} is not supported yet`)
}

/** An operator under a field that is still to come. */
export function unsupportedPathOperator(name: string): PathOperator {
  return { name, parse: () => refuse(name) }
}

/** An operator in the place of a field that is still to come. */
export function unsupportedTopLevelOperator(name: string): TopLevelOperator {
  return { name, parse: () => refuse(name) }
}
