import type { Document } from '../../../bson/index.ts'
import type { CommandDescriptor } from '../../descriptor.ts'
import type { Invocation } from '../../invocation.ts'

/**
 * A command that is in no stable API but a second one, which exists for tests only; it answers how
 * it was asked. Source: test_api_version_2_commands.cpp (8.0).
 */
export const testVersion2 = {
  name: 'testVersion2',
  target: 'database',
  secondaryAllowed: 'always',
  strict: false,
  countsAsCommand: true,
  run({ command }: Invocation): Document {
    const { apiVersion, apiStrict = false, apiDeprecationErrors = false } = command
    if (apiVersion === undefined) return { ok: 1 }
    return { apiVersion, apiStrict, apiDeprecationErrors, ok: 1 }
  },
} as const satisfies CommandDescriptor
