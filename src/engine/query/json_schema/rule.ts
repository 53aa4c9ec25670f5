/** One keyword of a JSON schema, compiled. */
import type { Document } from '../../../bson/index.ts'
import { ServerError } from '../../errors.ts'

export interface Rule {
  readonly keyword: string
  /** Whether a value satisfies it; a value of a type that it says nothing about does. */
  test(value: unknown): boolean
  /** Why a value does not, as a failed validation tells it. */
  describe(value: unknown): Document
}

/** A schema: all of its rules must hold. */
export interface Schema {
  readonly title: string | undefined
  readonly description: string | undefined
  readonly rules: readonly Rule[]
  test(value: unknown): boolean
  /** The rules that a value does not satisfy, described. */
  describe(value: unknown): Document[]
}

/** What keywords that contain schemas need (it is handed in: no import runs in a ring). */
export type CompileSchema = (given: unknown, keyword: string) => Schema

/** A keyword, its operand checked. */
export type KeywordParser = (
  operand: unknown,
  compile: CompileSchema,
  siblings: Document,
) => Rule | undefined

/** A rule that is told with one reason and the value that was looked at. */
export function plainRule(
  keyword: string,
  operand: unknown,
  reason: string,
  test: (value: unknown) => boolean,
): Rule {
  return {
    keyword,
    test,
    describe: (value) => ({
      operatorName: keyword,
      specifiedAs: { [keyword]: operand },
      reason,
      consideredValue: value,
    }),
  }
}

/** @throws ServerError 9 FailedToParse, 14 TypeMismatch */
export function failed(message: string): ServerError {
  return new ServerError('FailedToParse', message)
}

export function mismatched(keyword: string, wanted: string): ServerError {
  return new ServerError('TypeMismatch', `$jsonSchema keyword '${keyword}' must be ${wanted}`)
}
