import { machineMs, machineSleep } from '../../sim/index.ts'
import { type Command, UsageError } from '../command.ts'
import { connect } from '../run/driver.ts'
import { readStatus, STAT_COLUMNS, type StatusClient, statRow } from '../run/server_stat.ts'

const EVERY_MS = 1_000
/** So often the names of the columns come again. */
const ROWS_PER_HEADER = 20
const WIDTH = 9

export const stat: Command = {
  name: 'stat',
  summary: 'one line a second: operations, conflicts, transactions of a server',
  help:
    'Asks a server for its serverStatus every second, as mongostat does, and prints what happened\n' +
    'since: operations, write conflicts, commits and aborts a second; transactions and connections\n' +
    'that are open now. Works with any server; needs the official driver (npm install mongodb).',
  options: {
    uri: { type: 'string', value: 'URI', help: 'whom to ask' },
    rows: { type: 'string', value: 'N', help: 'end after so many lines (never)' },
  },
  async run(given, terminal) {
    const uri = given.text('uri')
    if (uri === undefined) throw new UsageError('stat: --uri is missing')
    const rowsMax = rowsOf(given.text('rows'))
    const client = await connect<StatusClient>('stat', uri)
    try {
      let before = await readStatus(client)
      let atMs = machineMs()
      for (let row = 0; row < rowsMax; row++) {
        await machineSleep(EVERY_MS)
        const now = await readStatus(client)
        const nowMs = machineMs()
        if (row % ROWS_PER_HEADER === 0) terminal.print(lineOf(STAT_COLUMNS))
        terminal.print(lineOf(statRow(before, now, (nowMs - atMs) / 1000)))
        before = now
        atMs = nowMs
      }
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause)
      throw new UsageError(`stat: ${why}`, { cause })
    } finally {
      await client.close()
    }
    return 0
  },
}

function rowsOf(text: string | undefined): number {
  if (text === undefined) return Number.POSITIVE_INFINITY
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text)
  throw new UsageError(`stat: --rows takes a whole number from 1 on, not '${text}'`)
}

function lineOf(cells: readonly (string | number)[]): string {
  return `${cells.map((cell) => String(cell).padStart(WIDTH)).join(' ')}\n`
}
