import { hostname } from 'node:os'

/** A signal that asks to end, as the log names it. */
export interface Signal {
  readonly number: number
  readonly name: string
}

/** What a server may do to the machine that it runs on, apart from its sockets and files. */
export interface Machine {
  readonly pid: number
  readonly hostName: string
  /** Whether there are Unix sockets. */
  readonly hasUnixSockets: boolean
  /** To stdout. */
  print(text: string): void
  /** To stderr. */
  complain(text: string): void
  /** Resolves at the first signal that asks to end. Later ones change nothing. */
  readonly ended: Promise<Signal>
}

const SIGNALS: Readonly<Record<string, Signal>> = {
  SIGHUP: { number: 1, name: 'Hangup' },
  SIGINT: { number: 2, name: 'Interrupt' },
  SIGTERM: { number: 15, name: 'Terminated' },
}

export function machineOf(process: NodeJS.Process): Machine {
  return {
    pid: process.pid,
    hostName: hostname(),
    hasUnixSockets: process.platform !== 'win32',
    print: (text) => void process.stdout.write(text),
    complain: (text) => void process.stderr.write(text),
    ended: new Promise((resolve) => {
      // They stay: who is ending already must not be ended by a second signal.
      for (const [name, signal] of Object.entries(SIGNALS)) {
        process.on(name, () => resolve(signal))
      }
    }),
  }
}
