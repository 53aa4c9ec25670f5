/** `docs/conformance.md`: the same results give the same text. */
import { readFileSync } from 'node:fs'
import type { CaseResult } from '../outcome.ts'
import { causeOf } from './causes.ts'
import { renderTable } from './table.ts'
import { tally, total } from './tally.ts'

export function renderPage(results: readonly CaseResult[]): string {
  const rows = tally(results)
  const parts = [
    introduction(),
    renderTable([...rows, total(results)]),
    failures(results),
    leftOut(results),
    ways(results),
  ]
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`
}

function introduction(): string {
  return `# Conformance

The drivers' official tests (\`mongodb/specifications\`, unified test format), run by the real Node.js driver, \`mongodb\`
${driverVersion()}, against a simulator that listens. This page is written by \`npm run conformance -- --write FOLDER\`, for the
folders named in the table.

A test runs on the first deployment that it is for: a replica set of one, such a set with authentication, a server by
itself. *Not applicable* is what asks for none of these: a sharded cluster, another version, client-side encryption.
*Left out* is what applies, but the driver cannot do it, or one node alone cannot show it; the reasons are below.`
}

function driverVersion(): string {
  const manifest = new URL(import.meta.resolve('mongodb/package.json'))
  return JSON.parse(readFileSync(manifest, 'utf8')).version
}

function failures(results: readonly CaseResult[]): string {
  const failed = results.flatMap(({ verdict, ...one }) =>
    verdict.kind === 'failed' ? [{ ...one, reason: verdict.reason }] : [],
  )
  if (failed.length === 0) return '## Failures\n\nNone.'
  const byCause = grouped(failed, ({ reason }) => causeOf(reason))
  const sections = byCause.map(([cause, ones]) => {
    const lines = ones.map(
      ({ folder, file, description, reason }) =>
        `- ${folder}, \`${file}\`: ${inline(description)}\n  ${inline(stable(reason))}`,
    )
    return `### ${ones.length} for ${cause}\n\n${lines.join('\n')}`
  })
  return ['## Failures, by what they wait for', ...sections].join('\n\n')
}

function leftOut(results: readonly CaseResult[]): string {
  const reasons = results.flatMap(({ verdict }) =>
    verdict.kind === 'left out' ? [verdict.reason] : [],
  )
  return counted('## Left out', reasons)
}

function ways(results: readonly CaseResult[]): string {
  const taken = results.flatMap(({ verdict }) =>
    verdict.kind === 'passed' ? (verdict.ways ?? []) : [],
  )
  const title =
    "## The driver's own ways\n\n" +
    'These tests pass but for a detail, which the driver always has its own way.'
  return counted(title, taken)
}

function counted(title: string, reasons: readonly string[]): string {
  if (reasons.length === 0) return ''
  const lines = grouped(reasons, (reason) => reason).map(
    ([reason, all]) => `- ${all.length}: ${inline(reason)}`,
  )
  return `${title}\n\n${lines.join('\n')}`
}

/** The largest groups first, then by name. */
function grouped<T>(items: readonly T[], keyOf: (item: T) => string): [string, T[]][] {
  const groups = new Map<string, T[]>()
  for (const item of items) {
    const key = keyOf(item)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [item])
    else group.push(item)
  }
  return [...groups].sort(
    ([a, ofA], [b, ofB]) => ofB.length - ofA.length || (a < b ? -1 : a > b ? 1 : 0),
  )
}

/** Without what differs from run to run: ports, connections, times, ids. */
function stable(reason: string): string {
  return reason
    .replace(/connection \S+ to \S+?:\d+/g, 'connection to HOST')
    .replace(/127\.0\.0\.1:\d+/g, 'HOST')
    .replace(/"[0-9a-f]{24}"/g, '"ID"')
    .replace(/after \d+ ?ms/g, 'after N ms')
}

function inline(text: string): string {
  return text.replace(/\s+/g, ' ').replace(/[<|]/g, '\\$&')
}
