import { roundMs } from '../numbers.ts'
import { ARTICLE_POINTS, type ArticlePoint } from './article_points.ts'
import { measureWait, type Wait } from './measure.ts'
import { HOLD_MAX_MS, SUBJECTS, type Subject } from './subjects.ts'

/** Retries against time, as data; the table, the JSON and the page show nothing else. */
export interface RetriesReport {
  readonly version: string
  readonly node: string
  readonly seed: number
  readonly runsPerPoint: number
  readonly curves: readonly Curve[]
  /**
   * The ladders around the articles' figures, one run a point, on a linear grid of holding times.
   */
  readonly closeup: readonly CloseupCurve[]
  readonly articles: readonly ArticlePoint[]
}

export interface Curve {
  readonly id: string
  readonly label: string
  readonly about: string
  readonly points: readonly Point[]
}

/** Several runs at holding times around one another, so that a wait's own rhythm averages out. */
export interface Point {
  /** The middle of the holding times. */
  readonly heldMs: number
  readonly conflicts: Spread
  readonly waitedMs: Spread
  /** How much longer than the hold the wait was. */
  readonly overheadMs: Spread
}

export interface Spread {
  readonly min: number
  readonly median: number
  readonly max: number
}

export interface CloseupCurve {
  readonly id: string
  readonly label: string
  readonly waits: readonly Wait[]
}

export const RETRIES_SEED = 1
const RUNS_PER_POINT = 15
/** Points per factor of ten, from 1 ms up; the greatest holding time of all comes last. */
const POINTS_PER_DECADE = 12
const CLOSEUP = { fromMs: 55_000, toMs: 90_000, stepMs: 1_000 } as const

/** How much of everything there is to do; smaller for tests. */
export interface Extent {
  readonly pointsPerDecade: number
  readonly runsPerPoint: number
}

export async function measureRetries(
  versions: { readonly version: string; readonly node: string },
  onProgress: (text: string) => void,
  extent: Extent = { pointsPerDecade: POINTS_PER_DECADE, runsPerPoint: RUNS_PER_POINT },
): Promise<RetriesReport> {
  const curves: Curve[] = []
  for (const subject of SUBJECTS) curves.push(await curveOf(subject, extent, onProgress))
  const closeup: CloseupCurve[] = []
  for (const subject of SUBJECTS.filter(({ id }) => id.startsWith('ladder'))) {
    onProgress(`${subject.label}, close up`)
    closeup.push(await closeupOf(subject))
  }
  const { runsPerPoint } = extent
  return {
    ...versions,
    seed: RETRIES_SEED,
    runsPerPoint,
    curves,
    closeup,
    articles: ARTICLE_POINTS,
  }
}

async function curveOf(
  subject: Subject,
  { pointsPerDecade, runsPerPoint }: Extent,
  onProgress: (text: string) => void,
): Promise<Curve> {
  const { id, label, about, holdMaxMs } = subject
  const ratio = 10 ** (1 / pointsPerDecade)
  const holdsMs = holdingTimes(pointsPerDecade).filter((heldMs) => heldMs <= holdMaxMs)
  const points: Point[] = []
  for (const heldMs of holdsMs) {
    onProgress(`${label}: ${points.length + 1} of ${holdsMs.length}`)
    const waits: Wait[] = []
    for (let run = 0; run < runsPerPoint; run++) {
      const offset = (run + 0.5) / runsPerPoint - 0.5
      waits.push(await measureWait(subject, roundMs(heldMs * ratio ** offset), RETRIES_SEED + run))
    }
    points.push(pointOf(heldMs, waits))
  }
  return { id, label, about, points }
}

function holdingTimes(pointsPerDecade: number): number[] {
  const holdsMs: number[] = []
  for (let i = 0; ; i++) {
    const heldMs = roundMs(10 ** (i / pointsPerDecade))
    if (heldMs >= HOLD_MAX_MS) return [...holdsMs, HOLD_MAX_MS]
    holdsMs.push(heldMs)
  }
}

async function closeupOf(subject: Subject): Promise<CloseupCurve> {
  const waits: Wait[] = []
  for (let heldMs = CLOSEUP.fromMs; heldMs <= CLOSEUP.toMs; heldMs += CLOSEUP.stepMs) {
    waits.push(await measureWait(subject, heldMs, RETRIES_SEED))
  }
  return { id: subject.id, label: subject.label, waits }
}

function pointOf(heldMs: number, waits: readonly Wait[]): Point {
  return {
    heldMs,
    conflicts: spreadOf(waits.map(({ conflicts }) => conflicts)),
    waitedMs: spreadOf(waits.map(({ waitedMs }) => waitedMs)),
    overheadMs: spreadOf(waits.map((wait) => roundMs(wait.waitedMs - wait.heldMs))),
  }
}

function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b)
  return { min: sorted[0]!, median: sorted[sorted.length >> 1]!, max: sorted.at(-1)! }
}
