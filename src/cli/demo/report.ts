import type { Script } from '../story/stage.ts'
import { DEMO_SEED, DEMO_START, play } from '../story/stage.ts'
import type { Story } from '../story/story.ts'

/** The demonstration as data: what every renderer gets. */
export interface DemoReport {
  readonly version: string
  readonly seed: number
  /** When virtual time began, in each story. */
  readonly startAt: Date
  readonly stories: readonly Story[]
}

/** Plays each script in a simulator of its own. */
export async function playAll(scripts: readonly Script[], version: string): Promise<DemoReport> {
  const stories: Story[] = []
  for (const script of scripts) stories.push(await play(script))
  return { version, seed: DEMO_SEED, startAt: DEMO_START, stories }
}
