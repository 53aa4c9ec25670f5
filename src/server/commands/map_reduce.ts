import type { Document } from '../../bson/index.ts'
import { ServerError } from '../../engine/index.ts'
import type { CommandDescriptor } from '../descriptor.ts'

/**
 * Known by name, so that nobody takes a server that runs no JavaScript for one without the command.
 * Source: map_reduce.idl (8.0), where it is deprecated.
 */
export const mapReduce = {
  name: 'mapReduce',
  aliases: ['mapreduce'],
  target: 'collection',
  secondaryAllowed: 'optIn',
  maintenanceOk: false,
  strict: false,
  countsAsCommand: true,
  profiledAs: 'command',
  run(): Document {
    throw new ServerError(
      'NotImplemented',
      'mapReduce is not supported: use the aggregation pipeline instead',
    )
  },
} as const satisfies CommandDescriptor
