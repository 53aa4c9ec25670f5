import { secondsText } from '../numbers.ts'
import { shellText } from '../shell/shell_text.ts'
import { elideQuiet, type ShownStep, statText } from '../story/elide.ts'
import type { ErrorStep, StatStep, Story } from '../story/story.ts'
import type { Role, Style } from '../style.ts'
import type { DemoReport } from './report.ts'
import { wrap } from './wrap.ts'

export interface TextOptions {
  readonly style: Style
  /** Where long lines are broken. */
  readonly columns: number
}

/** The demonstration as a transcript: the clock at the left, then who, then what. */
export function demoText(report: DemoReport, options: TextOptions): string {
  const { style } = options
  const from = report.startAt.toISOString().slice(0, 16).replace('T', ' ')
  const head = [
    style.paint('title', 'Four stories of conflicts and retries, in virtual time'),
    style.paint('quiet', `palimpsest ${report.version}, seed ${report.seed}, from ${from} UTC`),
    '',
  ]
  const stories = report.stories.flatMap((story, index) => storyLines(story, index + 1, options))
  return [...head, ...stories].join('\n')
}

const CLOCK_COLUMNS = 11
/** In place of the clock, where a step goes on. */
const MARGIN = ' '.repeat(CLOCK_COLUMNS + 2)

/** What stays the same from line to line of one story. */
interface Layout extends TextOptions {
  readonly whoColumns: number
  readonly roles: ReadonlyMap<string, Role>
}

function storyLines(story: Story, number: number, options: TextOptions): string[] {
  const { style, columns } = options
  const about = wrap(story.about, columns - 3).map((line) => `   ${line}`)
  const layout: Layout = {
    ...options,
    whoColumns: Math.max(...story.actors.map(({ id }) => id.length)),
    roles: new Map(story.actors.map(({ id }, index) => [id, ROLES[index] ?? 'quiet'])),
  }
  const lines = [style.paint('title', `${number}  ${story.title}`), ...about, '']
  let clockMs = Number.NaN
  let before: ShownStep | undefined
  let statHeadAt = Number.NEGATIVE_INFINITY
  for (const step of elideQuiet(story.steps)) {
    if (before !== undefined && needsGap(before, step)) lines.push('')
    if (step.kind === 'stat' && lines.length - statHeadAt > STAT_HEAD_EVERY) {
      lines.push(`${MARGIN}${statHead(style)}`)
      statHeadAt = lines.length
    }
    const [first = '', ...more] = stepLines(step, layout)
    const clock = step.atMs === clockMs ? '' : secondsText(step.atMs)
    lines.push(`${style.paint('quiet', clock.padStart(CLOCK_COLUMNS))}  ${first}`)
    lines.push(...more.map((line) => `${MARGIN}${line}`))
    clockMs = step.atMs
    before = step
  }
  return [...lines.map((line) => line.trimEnd()), '', '']
}

/** mongostat repeats its heading when the last one is out of sight. */
const STAT_HEAD_EVERY = 40

/** The colours of the first actors of a story; those who only look on are quiet. */
const ROLES: readonly Role[] = ['actor0', 'actor1']

/** Paragraphs: mongostat's lines by themselves, air before a note and before what comes later. */
function needsGap(before: ShownStep, step: ShownStep): boolean {
  if (isStat(before) || isStat(step)) return !(isStat(before) && isStat(step))
  if (step.kind === 'note') return before.kind !== 'note' || step.atMs > before.atMs
  if (before.kind === 'note') return step.atMs > before.atMs
  return step.kind === 'command' && step.atMs > before.atMs
}

function isStat(step: ShownStep): boolean {
  return step.kind === 'stat' || step.kind === 'elided'
}

/** The lines of one step, without the clock. */
function stepLines(step: ShownStep, layout: Layout): string[] {
  const { style, columns, whoColumns } = layout
  const room = columns - CLOCK_COLUMNS - whoColumns - 4
  switch (step.kind) {
    case 'note':
      return wrap(step.text, columns - CLOCK_COLUMNS - 2).map((line) => style.paint('note', line))
    case 'command':
      return prefixed(step.who, layout, typedLines(step.text, room, style))
    case 'result':
      return prefixed(
        step.who,
        layout,
        shellText(step.value, { colors: style.isColored, columns: room }).split('\n'),
      )
    case 'error':
      return prefixed(step.who, layout, errorLines(step, room, style))
    case 'print':
      return prefixed(step.who, layout, wrap(step.text, room))
    case 'stat':
      return [statLine(step, style)]
    case 'elided':
      return [
        style.paint(
          'quiet',
          `${'...'.padStart(6)}  ${step.steps.length} more seconds without news`,
        ),
      ]
  }
}

function typedLines(text: string, room: number, style: Style): string[] {
  const lines = text.split('\n').flatMap((line) => wrap(line, room - 2))
  return lines.map(
    (line, index) =>
      `${style.paint('quiet', index === 0 ? '>' : ' ')} ${style.paint('strong', line)}`,
  )
}

function errorLines(step: ErrorStep, room: number, style: Style): string[] {
  const name = step.codeName === '' ? step.name : `${step.name}[${step.codeName}]`
  const lines = wrap(`${name}: ${step.message}`, room).map((line) => style.paint('bad', line))
  const labels = step.labels.length === 0 ? [] : [`labels: ${step.labels.join(', ')}`]
  return [...lines, style.paint('bad', [`code: ${step.code}`, ...labels].join('   '))]
}

/** The name stands before the first line only. */
function prefixed(who: string, layout: Layout, lines: readonly string[]): string[] {
  const { roles, style, whoColumns } = layout
  const name = style.paint(roles.get(who) ?? 'quiet', who)
  const pad = ' '.repeat(whoColumns - who.length)
  const margin = ' '.repeat(whoColumns)
  return lines.map((line, index) => `${index === 0 ? name + pad : margin}  ${line}`)
}

const STAT_COLUMNS = ['insert', 'query', 'update', 'delete'] as const

function statHead(style: Style): string {
  const names = [...STAT_COLUMNS, 'writeConflicts.rate()']
  return style.paint('quiet', names.map((name) => name.padStart(name.length > 6 ? 23 : 8)).join(''))
}

function statLine(step: StatStep, style: Style): string {
  const counts = STAT_COLUMNS.map((name) => statText(step[name]).padStart(8)).join('')
  const conflicts = String(step.writeConflicts).padStart(23)
  return counts + (step.writeConflicts > 0 ? style.paint('bad', conflicts) : conflicts)
}
