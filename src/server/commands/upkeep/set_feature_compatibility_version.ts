import { type Document, typeNameOf } from '../../../bson/index.ts'
import { ServerError } from '../../../engine/index.ts'
import type { CommandDescriptor } from '../../descriptor.ts'
import { types } from '../../fields.ts'
import type { Invocation } from '../../invocation.ts'
import { isTrue } from '../../truth.ts'

/** What a server of this version may be set to; the first is what it is. */
const VERSIONS: readonly string[] = ['8.0', '7.3', '7.0']

/**
 * Which version's features may leave their mark on the data. Here that is 8.0 and stays so.
 * Source: set_feature_compatibility_version_command.cpp (8.0).
 */
export const setFeatureCompatibilityVersion = {
  name: 'setFeatureCompatibilityVersion',
  target: 'database',
  fields: {
    confirm: types.bool,
    downgradeOnDiskChanges: types.bool,
    fromConfigServer: types.bool,
  },
  adminOnly: true,
  supportsWriteConcern: true,
  countsAsCommand: true,
  profiledAs: 'command',
  writes: true,
  run({ command }: Invocation): Document {
    const version = versionOf(command['setFeatureCompatibilityVersion'])
    if (!isTrue(command['confirm']) && !isTrue(command['fromConfigServer'])) {
      throw new ServerError(
        7369100,
        "Once you have downgraded the FCV, if you choose to downgrade the binary version, it will require support assistance. Please re-run this command with 'confirm: true' to acknowledge this and continue with the FCV downgrade.",
      )
    }
    if (version !== VERSIONS[0]) {
      throw new ServerError(
        'NotImplemented',
        `A feature compatibility version of ${version} is not supported`,
      )
    }
    return { ok: 1 }
  },
} as const satisfies CommandDescriptor

/** @throws ServerError 14, 4926900. Source: feature_compatibility_version_parser.cpp */
function versionOf(given: unknown): string {
  if (typeof given !== 'string') {
    throw new ServerError(
      'TypeMismatch',
      `BSON field 'setFeatureCompatibilityVersion.setFeatureCompatibilityVersion' is the wrong type '${typeNameOf(given)}', expected type 'string'`,
    )
  }
  if (VERSIONS.includes(given)) return given
  const expected = VERSIONS.map((version) => `'${version}'`).join(', ')
  throw new ServerError(
    4926900,
    `Invalid feature compatibility version value '${given}'. Expected one of the following versions: '${expected}'. See https://docs.mongodb.com/master/release-notes/8.0-compatibility/#feature-compatibility.`,
  )
}
