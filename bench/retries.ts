/**
 * Write conflicts and waiting time against the time that a document is held, for each backoff
 * schedule: `palimpsest bench retries`, with the page written to `bench/report/retries.html` and
 * the points to `bench/report/retries.json`. Run: `npx tsx bench/retries.ts`.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { retriesHtml } from '../src/cli/retries/page.ts'
import { measureRetries } from '../src/cli/retries/report.ts'
import { retriesTable } from '../src/cli/retries/table.ts'
import { styleFor } from '../src/cli/style.ts'
import { packageVersion } from '../src/cli/version.ts'

const folder = fileURLToPath(new URL('report', import.meta.url))
const before = process.cpuUsage()
const versions = { version: packageVersion(), node: process.versions.node }
const report = await measureRetries(versions, () => {})
const { user, system } = process.cpuUsage(before)

mkdirSync(folder, { recursive: true })
writeFileSync(`${folder}/retries.html`, retriesHtml(report))
writeFileSync(`${folder}/retries.json`, `${JSON.stringify(report, undefined, 2)}\n`)
console.log(`\`\`\`\n${retriesTable(report, styleFor(false))}\`\`\`\n`)
console.log(`The plot is in retries.html, every point in retries.json, beside this file.`)
console.log(`Measured in ${((user + system) / 1e6).toFixed(1)} s of CPU.`)
