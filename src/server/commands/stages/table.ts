import type { StageDescriptor } from '../../../engine/index.ts'
import type { Invocation } from '../../invocation.ts'

/** The stages that ask the server, for one command. */
export function serverStages(_invocation: Invocation): ReadonlyMap<string, StageDescriptor> {
  return new Map()
}
