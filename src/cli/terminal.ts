import { type Style, styleFor } from './style.ts'

/**
 * What a command may do to the world it was called from, apart from writing the files it is told
 * to.
 */
export interface Terminal {
  /** The answer: goes to stdout. */
  print(text: string): void
  /** What is no part of the answer, such as a complaint: goes to stderr. */
  complain(text: string): void
  /** The same, for what only a person who watches wants to know. */
  remark(text: string): void
  /**
   * Replaces the line of progress on stderr; an empty text removes it. Silent where nobody watches.
   */
  showProgress(text: string): void
  readonly style: Style
  /** The columns of stdout. */
  readonly columns: number
}

/** Where stdout has no width of its own. */
const COLUMNS_DEFAULT = 100
const COLUMNS_MIN = 80

/** The parts of `process` that count. */
export interface Host {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly stdout: Stream
  readonly stderr: Stream
}

interface Stream {
  readonly isTTY?: boolean
  readonly columns?: number
  write(text: string): boolean
}

export function terminalOf({ env, stdout, stderr }: Host): Terminal {
  const isWatched = stderr.isTTY === true && env['TERM'] !== 'dumb'
  let isProgressShown = false
  const removeProgress = (): void => {
    if (isProgressShown) stderr.write('\r\x1b[K')
    isProgressShown = false
  }
  return {
    style: styleFor(wantsColor(env, stdout)),
    columns: Math.min(COLUMNS_DEFAULT, Math.max(COLUMNS_MIN, stdout.columns ?? COLUMNS_DEFAULT)),
    print(text) {
      removeProgress()
      stdout.write(text)
    },
    complain(text) {
      removeProgress()
      stderr.write(`${text}\n`)
    },
    remark(text) {
      removeProgress()
      if (isWatched) stderr.write(`${text}\n`)
    },
    showProgress(text) {
      if (!isWatched) return
      removeProgress()
      stderr.write(text)
      isProgressShown = text !== ''
    },
  }
}

/**
 * `NO_COLOR` and `FORCE_COLOR` as people have come to expect them; else colour is for terminals.
 */
export function wantsColor(env: Host['env'], stdout: { readonly isTTY?: boolean }): boolean {
  if ((env['NO_COLOR'] ?? '') !== '') return false
  const forced = env['FORCE_COLOR']
  if (forced !== undefined && forced !== '') return forced !== '0' && forced !== 'false'
  return stdout.isTTY === true && env['TERM'] !== 'dumb'
}
