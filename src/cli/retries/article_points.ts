/** A figure that was published about the real server, for comparison with what is measured here. */
export interface ArticlePoint {
  readonly conflicts: number
  /** How long the update waited, in milliseconds. */
  readonly waitedMs: number
  readonly label: string
  readonly source: string
}

/**
 * From an article on MongoDB's wait on conflict (2025) that looked at an 8.0 server. Of the second
 * it says 80 s by the clock of the shell; the pauses of 981 conflicts add up to 79.556 s.
 */
export const ARTICLE_POINTS: readonly ArticlePoint[] = [
  { conflicts: 785, waitedMs: 60_000, label: '785 in 60 s', source: 'an estimate' },
  { conflicts: 981, waitedMs: 79_556, label: '981 in 80 s', source: 'mongostat on an 8.0 server' },
  {
    conflicts: 1013,
    waitedMs: 82_965,
    label: '1,013 in 82.965 s',
    source: 'profiler of an 8.0 server',
  },
]
