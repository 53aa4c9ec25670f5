/** docs/judge.md has the tables of the code, word for word. */
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { ANOMALIES } from '../../src/check/anomalies/table.ts'
import { LEVELS, MODEL_NAMES } from '../../src/check/index.ts'
import { levelsBelow, promiseOf } from '../../src/check/levels.ts'

const page = readFileSync(new URL('../../docs/judge.md', import.meta.url), 'utf8')

/** The rows of the table whose head begins with a word, without head and rule. */
function rowsOf(head: string): string[] {
  const lines = page.split('\n')
  const from = lines.findIndex((line) => line.startsWith(`| ${head} |`))
  const to = lines.findIndex((line, at) => at > from && !line.startsWith('|'))
  return lines.slice(from + 2, to)
}

const quoted = (names: readonly string[]) => names.map((name) => `\`${name}\``).join(', ')

it('lists all levels, what they promise, and what they imply', () => {
  expect(rowsOf('level')).toEqual(
    LEVELS.map((level) => `| \`${level}\` | ${promiseOf(level)} | ${quoted(levelsBelow(level))} |`),
  )
})

it('lists all anomalies, and what they rule out; those of time by their base', () => {
  const rows = Object.entries(ANOMALIES).filter(([type]) => !/-(process|realtime)$/.test(type))
  expect(rowsOf('type')).toEqual(
    rows.map(
      ([type, { meaning, rulesOut }]) => `| \`${type}\` | ${meaning} | ${quoted(rulesOut)} |`,
    ),
  )
})

it('lists all models', () => {
  const models = rowsOf('model').map((row) => /`([\w-]+)`/.exec(row)?.[1])
  expect(models).toEqual(MODEL_NAMES)
})
