import { compileSchema } from '../json_schema/compile_schema.ts'
import type { TopLevelOperator } from '../operator.ts'

/** `$jsonSchema`: the document satisfies a schema. */
export const $jsonSchema = {
  name: '$jsonSchema',
  parse(operand) {
    const schema = compileSchema(operand)
    return { kind: 'computed', test: (document) => schema.test(document) }
  },
} as const satisfies TopLevelOperator
