import { Binary } from 'bson'
import type { Document } from '../../bson/index.ts'
import {
  namespaceText,
  ServerError,
  type Validation,
  validateCollection,
} from '../../engine/index.ts'
import type { Operation } from '../../sim/index.ts'
import { int64 } from '../count.ts'
import type { CommandDescriptor } from '../descriptor.ts'
import { types } from '../fields.ts'
import type { Invocation } from '../invocation.ts'
import { isTrue } from '../truth.ts'
import { refuseUnsupported } from '../unsupported.ts'

const UUID_SUBTYPE = 4

/**
 * Compares the indexes of a collection with its documents. `full` and its like look at what is
 * written to disk, which there is none of. Source: validate.cpp, validate_results.cpp (8.0).
 */
export const validate = {
  name: 'validate',
  target: 'collection',
  secondaryAllowed: 'always',
  fields: {
    full: types.safeBool,
    background: types.safeBool,
    repair: types.safeBool,
    metadata: types.safeBool,
    fixMultikey: types.safeBool,
    enforceFastCount: types.safeBool,
    checkBSONConformance: types.safeBool,
  },
  countsAsCommand: true,
  profiledAs: 'command',
  *run(invocation: Invocation): Operation<Document> {
    const { op, ns, command } = invocation
    checkOptions(command)
    return reply(yield* validateCollection(op, ns))
  },
} as const satisfies CommandDescriptor

/** @throws ServerError 72, 238 */
function checkOptions(command: Document): void {
  const notWith = (what: string, other: string): ServerError =>
    new ServerError(
      'InvalidOptions',
      `Running the validate command with { ${what}: true } and { ${other}: true } is not supported`,
    )
  if (isTrue(command['background'])) {
    for (const other of ['full', 'enforceFastCount', 'repair', 'checkBSONConformance']) {
      if (isTrue(command[other])) throw notWith('background', other)
    }
  }
  if (isTrue(command['repair']) || isTrue(command['fixMultikey'])) {
    const which = isTrue(command['repair']) ? 'repair' : 'fixMultikey'
    throw new ServerError(
      'InvalidOptions',
      `Running the validate command with { ${which}: true } can only be performed in standalone mode.`,
    )
  }
  refuseUnsupported(command, ['metadata'])
}

function reply({ collection, records, indexes }: Validation): Document {
  const wrong = indexes.filter(({ missing, extra }) => missing > 0 || extra > 0)
  return {
    ns: namespaceText(collection.ns),
    uuid: new Binary(collection.uuid, UUID_SUBTYPE),
    nInvalidDocuments: int64(0),
    nNonCompliantDocuments: int64(0),
    nrecords: int64(records),
    nIndexes: indexes.length,
    keysPerIndex: Object.fromEntries(indexes.map(({ name, keys }) => [name, int64(keys)])),
    indexDetails: Object.fromEntries(
      indexes.map((index) => [index.name, { valid: !wrong.includes(index) }]),
    ),
    valid: wrong.length === 0,
    repaired: false,
    warnings: [],
    errors: wrong.map(
      ({ name, missing, extra }) => `index ${name} lacks ${missing} entries, has ${extra} too many`,
    ),
    extraIndexEntries: [],
    missingIndexEntries: [],
    corruptRecords: [],
    ok: 1,
  }
}
