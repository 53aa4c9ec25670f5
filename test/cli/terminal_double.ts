import { styleFor } from '../../src/cli/style.ts'
import type { Terminal } from '../../src/cli/terminal.ts'

/** A terminal that remembers what was written to it. */
export interface TerminalDouble extends Terminal {
  readonly out: string
  readonly err: string
}

export function terminalDouble(): TerminalDouble {
  let out = ''
  let err = ''
  return {
    style: styleFor(false),
    columns: 100,
    print(text) {
      out += text
    },
    complain(text) {
      err += `${text}\n`
    },
    remark() {},
    showProgress() {},
    get out() {
      return out
    },
    get err() {
      return err
    },
  }
}
