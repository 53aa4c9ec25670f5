#!/usr/bin/env node
/** Where the command line meets the machine: arguments, streams, exit status. */
import { runCommandLine } from './command_line.ts'
import { terminalOf } from './terminal.ts'

// Whoever reads us may have seen enough, as `head` has. That is no failure of ours.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
    process.exit(0)
  })
}

process.exitCode = await runCommandLine(process.argv.slice(2), terminalOf(process))
