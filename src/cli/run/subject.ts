import { Palimpsest } from '../../palimpsest.ts'
import { machineMs, Random } from '../../sim/index.ts'
import type { RunWorkloadOptions, WorkloadClient } from '../../workloads/index.ts'
import { connect } from './driver.ts'

/** What a workload is driven against. */
export interface Subject extends Pick<RunWorkloadOptions, 'nowMs' | 'pause'> {
  readonly client: WorkloadClient
  close(): Promise<void>
}

/** Virtual time begins here, so that the same seed gives the same history. */
const START_AT = Date.UTC(2026, 0, 1)
/** How long a client thinks before a statement, at most: virtual, so it costs nothing. */
const THINK_MS_MAX = 20

/** A simulator in this process. Clients think before each statement, or none would meet another. */
export async function inProcess(seed: number, chaos: number): Promise<Subject> {
  const sim = await Palimpsest.create({ time: 'auto', startAt: START_AT, seed })
  if (chaos > 0) sim.faults.chaos({ probability: chaos })
  const thinking = new Random(seed)
  return {
    client: sim.client(),
    nowMs: () => sim.clock.elapsed(),
    pause: () => sim.clock.sleep(thinking.below(THINK_MS_MAX)),
    close: () => sim.stop(),
  }
}

/** Any deployment, by the official driver. */
export async function byUri(command: string, uri: string): Promise<Subject> {
  const client = await connect<WorkloadClient>(command, uri)
  return { client, nowMs: machineMs, close: () => client.close() }
}
