import { writeFileSync } from 'node:fs'
import { CommandFailure } from './command.ts'

/** @throws CommandFailure when the file can't be written */
export function writeOutput(path: string, text: string): void {
  try {
    writeFileSync(path, text)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new CommandFailure(`can't write ${path}: ${why}`, { cause: error })
  }
}
