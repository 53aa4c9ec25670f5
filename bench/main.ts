/**
 * `npm run bench [-- name ...]`: runs the benchmarks named, or all, one after the other, prints what they
 * print and keeps it in `bench/report/<name>.md`. Each is a program of its own, so that none warms up
 * or burdens another.
 */
import { spawn } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { machineLine } from './report.ts'

const BENCHMARKS: Readonly<Record<string, readonly string[]>> = {
  coldstart: ['bench/coldstart/main.ts'],
  throughput: ['bench/throughput/main.ts'],
  storage: ['bench/storage.ts'],
  simulation: ['bench/simulation.ts'],
  sim: ['bench/sim.ts'],
  explore: ['bench/explore.ts'],
  wire: ['bench/wire/main.ts'],
  retries: ['bench/retries.ts'],
  check: ['bench/check/main.ts'],
}

const root = fileURLToPath(new URL('..', import.meta.url))
const folder = `${root}bench/report`

function run(script: readonly string[]): Promise<{ code: number; text: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--import', 'tsx', ...script], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let text = ''
    child.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString()
      process.stdout.write(chunk)
    })
    child.on('error', reject)
    child.on('close', (code) => resolve({ code: code ?? 1, text }))
  })
}

const asked = process.argv.slice(2)
const unknown = asked.filter((name) => BENCHMARKS[name] === undefined)
if (unknown.length > 0) {
  const known = Object.keys(BENCHMARKS).join(', ')
  console.error(`There is no benchmark named ${unknown.join(', ')}. There are: ${known}.`)
  process.exit(2)
}

mkdirSync(folder, { recursive: true })
for (const name of asked.length > 0 ? asked : Object.keys(BENCHMARKS)) {
  console.log(`\n# ${name}\n\n${machineLine()}\n`)
  const { code, text } = await run(BENCHMARKS[name] as readonly string[])
  writeFileSync(`${folder}/${name}.md`, `# ${name}\n\n${machineLine()}\n\n${text}`)
  if (code !== 0) process.exit(code)
}
