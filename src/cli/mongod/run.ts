/**
 * `palimpsest-mongod`: a simulator in the shape of MongoDB's server program, for those who start
 * one and talk to it, such as mongodb-memory-server. Its arguments, its log, its signals, its exit
 * statuses; behind them is `Palimpsest` in real time.
 */
import { rmSync, statSync, writeFileSync } from 'node:fs'
import {
  accessMessage,
  bindFailureMessage,
  dataFolderMessage,
  EXIT_CODES,
  helpText,
  keyFileMessage,
  listeningMessages,
  type MongodSettings,
  MongodUsageError,
  memoryMessage,
  noticeMessage,
  replicationMessages,
  settingsOf,
  shutdownMessages,
  signalMessages,
  startMessages,
  versionText,
} from '../../mongod/index.ts'
import { Palimpsest } from '../../palimpsest.ts'
import { SERVER_VERSION } from '../../server/index.ts'
import { keyFileProblem } from './key_file.ts'
import { type Log, openLog } from './log.ts'
import type { Machine } from './machine.ts'
import { listenAt } from './places.ts'

/**
 * @param args what follows the program's name
 * @returns the exit status, once it ended
 */
export async function runMongod(args: readonly string[], machine: Machine): Promise<number> {
  try {
    const settings = settingsOf(args)
    if (settings.action === 'run') return await serve(settings, machine)
    const text = settings.action === 'help' ? helpText() : versionText(SERVER_VERSION)
    machine.print(`${text}\n`)
    return EXIT_CODES.clean
  } catch (error) {
    if (!(error instanceof MongodUsageError)) throw error
    machine.complain(`${error.message}\n`)
    return EXIT_CODES.badOptions
  }
}

async function serve(settings: MongodSettings, machine: Machine): Promise<number> {
  const log = openLog(settings, machine)
  const { pid, hostName: host } = machine
  log(...startMessages(settings, { pid, host, version: SERVER_VERSION }), memoryMessage)
  if (!settings.auth) log(accessMessage)
  const { dbPath, pidFilePath, keyFile } = settings
  const problem =
    keyFile === undefined ? undefined : keyFileProblem(keyFile, machine.hasUnixSockets)
  if (problem !== undefined) {
    log(keyFileMessage(problem))
    return EXIT_CODES.fail
  }
  if (dbPath !== undefined && !isFolder(dbPath)) {
    log(dataFolderMessage(dbPath))
    return EXIT_CODES.uncaught
  }
  if (pidFilePath !== undefined) writeFileSync(pidFilePath, `${pid}\n`)
  const sim = await simulatorFor(settings, log)
  try {
    return await untilTheEnd(sim, settings, machine, log)
  } finally {
    await sim.stop()
    if (pidFilePath !== undefined) rmSync(pidFilePath, { force: true })
  }
}

async function simulatorFor(settings: MongodSettings, log: Log): Promise<Palimpsest> {
  const { setName, parameters, commandLine } = settings
  const sim = await Palimpsest.create({
    time: 'real',
    parameters,
    commandLine,
    onWarning: (message) => log(noticeMessage(message)),
    ...(setName === undefined ? { persona: 'standalone' } : { persona: 'uninitiated', setName }),
  })
  sim.server.replicaSet?.onEvent((event) => log(...replicationMessages(event)))
  return sim
}

async function untilTheEnd(
  sim: Palimpsest,
  settings: MongodSettings,
  machine: Machine,
  log: Log,
): Promise<number> {
  const { hasUnixSockets } = machine
  const notice = (line: string): void => log(noticeMessage(line))
  try {
    const { addresses, port } = await listenAt(sim, settings, { log: notice, hasUnixSockets })
    log(...listeningMessages(addresses, port))
  } catch (error) {
    log(bindFailureMessage(whyNot(error)))
    return EXIT_CODES.netError
  }
  const asked = sim.stopped.then((request) => request && shutdownMessages(request))
  const lines = await Promise.race([machine.ended.then(signalMessages), asked])
  log(...(lines ?? []))
  return EXIT_CODES.clean
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true
}

/** In the words that programs look for. */
function whyNot(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException
  const why = code === 'EADDRINUSE' ? 'Address already in use' : message
  return `setup bind :: caused by :: ${why}`
}
