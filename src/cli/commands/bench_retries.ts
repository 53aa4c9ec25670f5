import type { Command } from '../command.ts'
import { writeOutput } from '../output_file.ts'
import { retriesHtml } from '../retries/page.ts'
import { measureRetries } from '../retries/report.ts'
import { retriesTable } from '../retries/table.ts'
import { packageVersion } from '../version.ts'

export const benchRetries: Command = {
  name: 'bench retries',
  summary: 'measures retries against time, for several backoff schedules',
  help:
    'Holds a document for 1 ms to 120 s of virtual time and counts how often an update of it is tried in\n' +
    'vain, and how long it goes on waiting once the document is free: for the 8.0 ladder, counted from 0\n' +
    'and from 1, the jittered ramp of 2026, an exponential schedule, and none at all.\n' +
    '\n' +
    '--json prints { version, node, seed, runsPerPoint, curves, closeup, articles }; a curve has its\n' +
    'points, each with heldMs and the spread (min, median, max) of conflicts, waitedMs, overheadMs.',
  options: {
    json: { type: 'boolean', help: 'print every point as one JSON object' },
    html: { type: 'string', value: 'FILE', help: 'also write a page with the plot, in one file' },
  },
  async run(given, terminal) {
    const versions = { version: packageVersion(), node: process.versions.node }
    const report = await measureRetries(versions, (text) => terminal.showProgress(text))
    terminal.showProgress('')
    const file = given.text('html')
    if (file !== undefined) writeOutput(file, retriesHtml(report))
    if (given.flag('json')) terminal.print(`${JSON.stringify(report, undefined, 2)}\n`)
    else terminal.print(retriesTable(report, terminal.style))
    if (file !== undefined) terminal.complain(`palimpsest: wrote ${file}`)
    return 0
  },
}
