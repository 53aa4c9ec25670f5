import type { StatStep, Step } from './story.ts'

/** Steps as they are shown: runs of mongostat lines that say the same are cut short. */
export type ShownStep = Step | ElidedStep

export interface ElidedStep {
  readonly kind: 'elided'
  readonly atMs: number
  readonly steps: readonly StatStep[]
}

/** How many of a run of like lines stay before and after the cut. */
const KEPT_FIRST = 2
const KEPT_LAST = 2

/** A shorter run is shown whole. */
const RUN_MIN = 8

/** Replaces the middle of each long run of mongostat lines without news by one step. */
export function elideQuiet(steps: readonly Step[]): ShownStep[] {
  const shown: ShownStep[] = []
  let run: StatStep[] = []
  const endRun = (): void => {
    if (run.length < RUN_MIN) shown.push(...run)
    else {
      const hidden = run.slice(KEPT_FIRST, -KEPT_LAST)
      shown.push(...run.slice(0, KEPT_FIRST))
      shown.push({ kind: 'elided', atMs: hidden[0]!.atMs, steps: hidden })
      shown.push(...run.slice(-KEPT_LAST))
    }
    run = []
  }
  for (const step of steps) {
    if (step.kind === 'stat' && isQuiet(step)) {
      run.push(step)
      continue
    }
    endRun()
    shown.push(step)
  }
  endRun()
  return shown
}

function isQuiet(step: StatStep): boolean {
  return step.insert + step.query + step.update + step.delete + step.writeConflicts === 0
}

/** A counter as mongostat prints it: a star where neither clients nor replication did anything. */
export function statText(count: number): string {
  return count === 0 ? '*0' : String(count)
}
