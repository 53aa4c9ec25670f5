import { type Document, isDocument } from '../../bson/index.ts'
import { isInternalDatabase, type Namespace, ServerError } from '../../engine/index.ts'
import { checkDocumentFields, fieldTable, types } from '../fields.ts'
import { isTrue } from '../truth.ts'

const FIELDS = fieldTable({ enabled: types.safeBool }, { required: ['enabled'] })

/**
 * Whether a command switches a collection's images of changed documents on or off; nothing where it
 * does not speak of them. Source: change_stream_options.idl, collection_options.cpp (8.0).
 *
 * @throws ServerError 72 where no stream would ever show them; of a malformed option
 */
export function imagesSwitchedBy(
  command: Document,
  commandName: string,
  { db }: Namespace,
): boolean | undefined {
  const given = command['changeStreamPreAndPostImages']
  if (!isDocument(given)) return undefined
  checkDocumentFields(given, `${commandName}.changeStreamPreAndPostImages`, FIELDS)
  const isOn = isTrue(given['enabled'])
  if (isOn && isInternalDatabase(db)) {
    throw new ServerError(
      'InvalidOptions',
      'changeStreamPreAndPostImages collection option is not supported on the "admin", "local", "config" databases',
    )
  }
  return isOn
}
