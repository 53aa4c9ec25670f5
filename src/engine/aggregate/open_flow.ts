import type { Flow } from './flow.ts'
import type { Stage } from './stage.ts'

/** Chains stages behind what comes in. */
export function openFlow(stages: readonly Stage[], input: Flow): Flow {
  return stages.reduce((flow, stage) => stage.open(flow), input)
}
