import type { Command } from '../command.ts'
import { benchRetries } from './bench_retries.ts'
import { demo } from './demo.ts'

/** Every subcommand, in the order in which `--help` lists them. */
export const COMMANDS: readonly Command[] = [demo, benchRetries]
