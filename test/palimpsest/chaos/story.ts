/** A run of a workload under chaos, and its story where something came out wrong. */
import type { MongoClient } from 'mongodb'
import type { PalimpsestClient } from '../../../src/client/index.ts'
import type { ChaosOptions, TraceEvent } from '../../../src/index.ts'
import { Palimpsest } from '../../../src/index.ts'
import { type Action, type Shape, Workload } from './workload.ts'

export interface Run {
  readonly seed: number
  readonly violations: readonly string[]
  readonly actions: readonly Action[]
  /** How often something went wrong on purpose. */
  readonly faults: number
  readonly events: readonly TraceEvent[]
}

export interface ChaosRun {
  readonly shape: Shape
  readonly chaos: Omit<ChaosOptions, 'seed'>
  /** The client under test; default: the in-process client of the simulator. */
  readonly clientOf?: (sim: Palimpsest) => PalimpsestClient
}

/** The same seed is the same run: the same workload, the same faults, the same answers. */
export async function runSeed(
  seed: number,
  { shape, chaos, clientOf = (sim) => sim.client() }: ChaosRun,
  { trace = false }: { readonly trace?: boolean } = {},
): Promise<Run> {
  const sim = await Palimpsest.create({ seed, startAt: 0, trace })
  const client = clientOf(sim) as unknown as MongoClient
  const sleep = (ms: number): Promise<void> => sim.clock.sleep(ms)
  const nowMs = (): number => sim.clock.elapsed()
  const workload = new Workload({ client, nowMs, sleep }, seed, shape)
  await workload.prepare()
  const fault = sim.faults.chaos({ ...chaos, seed })
  await workload.run()
  sim.faults.clear()
  const violations = await workload.violations()
  const events = (sim.trace?.events ?? []).filter(({ what }) => what === 'fault')
  await sim.stop()
  return { seed, violations, actions: workload.actions, faults: fault.fired, events }
}

/** What to read when a seed fails: what is wrong, how to see it again, and what happened when. */
export function storyOf({ seed, violations, actions, events }: Run): string {
  const lines: { readonly atMs: number; readonly text: string }[] = []
  for (const { who, text, fromMs, toMs, outcome, error } of actions) {
    lines.push({ atMs: fromMs, text: `${who}  ${text}` })
    const why = error === undefined ? '' : `: ${error.name}: ${error.message}`
    lines.push({ atMs: toMs, text: `${who}  -> ${outcome}${why}` })
  }
  for (const { atUs, detail = {} } of events) {
    const { kind, name = 'write', collection, code, ms, forMs } = detail
    const what = collection === undefined ? name : `${name} ${collection}`
    const extra = [code, ms ?? forMs].filter((one) => one !== undefined).join(' ')
    lines.push({ atMs: atUs / 1000, text: `   fault  ${kind} at ${what} ${extra}`.trimEnd() })
  }
  const told = lines
    .toSorted((a, b) => a.atMs - b.atMs)
    .map(({ atMs, text }) => `${atMs.toFixed(1).padStart(10)} ms  ${text}`)
  return [
    `Seed ${seed}: ${violations[0]}`,
    ...violations.slice(1).map((one) => `  ${one}`),
    `Again: CHAOS_SEED=${seed} npx vitest run test/palimpsest/chaos`,
    '',
    ...told,
  ].join('\n')
}
