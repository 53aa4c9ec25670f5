import { type Document, equalValues, isDocument } from '../bson/index.ts'
import { type CollectionOptions, ServerError } from '../engine/index.ts'
import { isTrue } from './truth.ts'
import { refuseUnsupported } from './unsupported.ts'

const DEFAULT_NAME = '_id_'

/**
 * What `create` says of a clustered index, as the catalog keeps it.
 *
 * @throws ServerError 14, 197, 5979700, 5979703, 6049200, 238. Source:
 * `validateClusteredIndexSpec`, create_collection.cpp; clustered_collection_util.cpp (8.0)
 */
export function clusteredIndexOf(command: Document): Pick<CollectionOptions, 'clusteredIndex'> {
  const { clusteredIndex: given } = command
  if (given === undefined || given === null || given === false) return {}
  if (!isDocument(given)) {
    if (!isTrue(given)) throw new ServerError('TypeMismatch', 'clusteredIndex is not an object')
    throw new ServerError(
      5979703,
      'The {clusteredIndex: true} format is only supported for time series buckets collections',
    )
  }
  const { key, name = DEFAULT_NAME } = given
  if (!isTrue(given['unique'])) {
    throw new ServerError(
      5979700,
      'The clusteredIndex option requires unique: true to be specified',
    )
  }
  if (!equalValues(key, { _id: 1 })) {
    throw new ServerError(
      'InvalidIndexSpecificationOption',
      'The clusteredIndex option is only supported for key: {_id: 1}',
    )
  }
  if (typeof name !== 'string') {
    throw new ServerError('TypeMismatch', "'clusteredIndex.name' must be a string")
  }
  if (isTrue(command['capped'])) {
    throw new ServerError('NotImplemented', 'Capped clustered collections are not supported')
  }
  refuseUnsupported(command, ['collation'])
  return { clusteredIndex: { v: 2, key: { _id: 1 }, name, unique: true } }
}
