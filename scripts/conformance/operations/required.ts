import type { Document } from 'mongodb'
import { Failure } from '../outcome.ts'

/** @throws Failure for an argument that the operation cannot do without */
export function required(given: Document | undefined, name: string): Document {
  if (given === undefined) throw new Failure(`the argument '${name}' is missing`)
  return given
}
