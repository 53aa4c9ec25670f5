#!/usr/bin/env node
/** Where `palimpsest-mongod` meets the machine: arguments, streams, signals, exit status. */
import { machineOf } from './machine.ts'
import { runMongod } from './run.ts'

// Whoever started us may have gone, and nobody reads any more.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
  })
}

process.exitCode = await runMongod(process.argv.slice(2), machineOf(process))
