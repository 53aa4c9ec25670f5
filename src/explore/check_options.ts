import { LEVELS } from '../check/index.ts'
import type { ExploreOptions } from './options.ts'
import { ACTORS_MAX, parseSchedule } from './schedule_text.ts'

const KNOWN: ReadonlySet<string> = new Set<keyof ExploreOptions>([
  ...(['seed', 'strategy', 'schedules', 'granularity', 'depth', 'setup', 'actors'] as const),
  ...(['isolation', 'unit', 'invariant', 'replay', 'tolerates', 'reduction'] as const),
  ...(['hangAfterMs', 'simulator'] as const),
])

const CHOICES = {
  strategy: ['exhaustive', 'random', 'pct'],
  granularity: ['yieldPoint', 'statement'],
  unit: ['transaction', 'actor'],
  isolation: LEVELS,
} as const satisfies Partial<Record<keyof ExploreOptions, readonly string[]>>

/** @throws TypeError, RangeError for options that make no sense */
export function checkOptions<Given>(options: ExploreOptions<Given>): void {
  for (const name of Object.keys(options)) {
    if (!KNOWN.has(name)) throw new TypeError(`explore knows no option '${name}'`)
  }
  for (const [name, choices] of Object.entries(CHOICES)) {
    const given = options[name as keyof typeof CHOICES]
    if (given === undefined || (choices as readonly string[]).includes(given)) continue
    const known = choices.map((choice) => `'${choice}'`).join(', ')
    throw new TypeError(`${name} is one of ${known}, not ${JSON.stringify(given)}`)
  }
  checkNumbers(options)
  checkActors(options.actors)
  if (options.replay !== undefined) parseSchedule(options.replay)
}

function checkNumbers<Given>({ seed = 1, schedules = 1, depth = 1 }: ExploreOptions<Given>): void {
  if (!Number.isSafeInteger(seed)) throw new RangeError(`seed is a whole number, not ${seed}`)
  for (const [name, value] of Object.entries({ schedules, depth })) {
    if (Number.isSafeInteger(value) && value >= 1) continue
    throw new RangeError(`${name} is a whole number from 1 on, not ${value}`)
  }
}

function checkActors(actors: unknown): void {
  if (typeof actors !== 'object' || actors === null) throw new TypeError('actors are an object')
  const names = Object.keys(actors)
  if (names.length === 0) throw new TypeError('there is no actor to explore')
  if (names.length > ACTORS_MAX) {
    throw new RangeError(`there may be ${ACTORS_MAX} actors, not ${names.length}`)
  }
  for (const [name, body] of Object.entries(actors)) {
    if (typeof body !== 'function') throw new TypeError(`the actor ${name} is not a function`)
  }
}
