import type { Command } from '../command.ts'
import { benchRetries } from './bench_retries.ts'
import { check } from './check.ts'
import { demo } from './demo.ts'
import { run } from './run.ts'
import { serve } from './serve.ts'
import { stat } from './stat.ts'

/** Every subcommand, in the order in which `--help` lists them. */
export const COMMANDS: readonly Command[] = [demo, serve, check, run, stat, benchRetries]
