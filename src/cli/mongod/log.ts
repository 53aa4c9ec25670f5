import { appendFileSync, existsSync, renameSync, writeFileSync } from 'node:fs'
import { type LogLine, logText, type MongodSettings } from '../../mongod/index.ts'
import { wallClockUs } from '../../sim/index.ts'
import type { Machine } from './machine.ts'

/** Takes lines, and writes each with the time. */
export type Log = (...lines: readonly LogLine[]) => void

/**
 * To stdout, or to the file of `--logpath`. A file that is there is kept under a name with the
 * time, unless `--logappend` goes on with it, as the server has it.
 *
 * @throws the error of the machine where the file can't be written
 */
export function openLog({ logPath, logAppend }: MongodSettings, machine: Machine): Log {
  if (logPath === undefined) {
    return (...lines) => machine.print(textOf(lines))
  }
  if (!logAppend && existsSync(logPath)) {
    const at = new Date(nowMs()).toISOString().slice(0, 19).replaceAll(':', '-')
    renameSync(logPath, `${logPath}.${at}`)
  }
  if (!logAppend || !existsSync(logPath)) writeFileSync(logPath, '')
  return (...lines) => appendFileSync(logPath, textOf(lines))
}

function textOf(lines: readonly LogLine[]): string {
  const atMs = nowMs()
  return lines.map((line) => `${logText(line, atMs)}\n`).join('')
}

function nowMs(): number {
  return wallClockUs() / 1000
}
