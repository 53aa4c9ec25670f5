import { listenAtAddresses, type MongodSettings, settingsOf } from '../mongod/index.ts'
import { Palimpsest, type SimulatorOptions } from '../palimpsest.ts'
import { makeUsers, type RequiredAuth } from './auth.ts'
import { quiesce } from './quiesce.ts'

/** It will be needed first of all, and is loaded while a suite's other modules are. */
const wire = import('../server/wire/index.ts')

/** What is known of a server that runs. */
export interface InstanceInfo {
  readonly port: number
  readonly dbName: string
  readonly ip: string
  readonly storageEngine: string
  readonly replSet: string | undefined
  /** The folder that was given; there is none otherwise. */
  readonly dbPath: string
  readonly tmpDir: undefined
  readonly instance: RunningInstance
}

/** In place of a process: what people look at of it. */
export interface RunningInstance {
  readonly isInstanceReady: boolean
  readonly isInstancePrimary: boolean
  readonly isReplSet: boolean
}

export interface InstanceRequest {
  /** The command line of a `mongod` that would do the same. */
  readonly args: readonly string[]
  /** Tried first; another port is taken where it is not free and `mayMove`. */
  readonly port: number
  readonly mayMove: boolean
  readonly simulator: SimulatorOptions
  readonly auth: RequiredAuth | undefined
  /** The data of an earlier start, to go on with. */
  readonly from: Palimpsest | undefined
}

/** A simulator that listens, with the settings of a `mongod`. */
export class Instance implements RunningInstance {
  readonly simulator: Palimpsest
  readonly settings: MongodSettings
  readonly port: number
  #isRunning = true

  private constructor(simulator: Palimpsest, settings: MongodSettings, port: number) {
    this.simulator = simulator
    this.settings = settings
    this.port = port
  }

  /**
   * @throws MongodUsageError for arguments that `mongod` would not take, TypeError for those that
   *   mean nothing in process; the error of the machine where it can't listen
   */
  static async start(request: InstanceRequest): Promise<Instance> {
    const settings = settingsOf(request.args)
    checkInProcess(settings)
    const { from, auth } = request
    const sim = from ?? (await simulatorFor(settings, request.simulator))
    try {
      // A set makes its users when it has a primary.
      const isNew = (from === undefined || auth?.force === true) && settings.setName === undefined
      if (isNew && auth !== undefined) await makeUsers(sim, auth)
      return new Instance(sim, settings, await listen(sim, settings, request))
    } catch (error) {
      await sim.stop()
      throw error
    }
  }

  get isInstanceReady(): boolean {
    return this.#isRunning
  }

  get isInstancePrimary(): boolean {
    return this.simulator.server.replicaSet?.state === 'PRIMARY'
  }

  get isReplSet(): boolean {
    return this.settings.setName !== undefined
  }

  /**
   * Ends every connection.
   *
   * @returns the data, for another start, if they are to be kept
   */
  async stop(options: { readonly keepData: boolean }): Promise<Palimpsest | undefined> {
    this.#isRunning = false
    if (!options.keepData) {
      await this.simulator.stop()
      return undefined
    }
    await quiesce(this.simulator)
    const kept = this.simulator.fork()
    await this.simulator.stop()
    return kept
  }
}

async function simulatorFor(
  { setName, parameters, commandLine }: MongodSettings,
  options: SimulatorOptions,
): Promise<Palimpsest> {
  return await Palimpsest.create({
    time: 'real',
    ...options,
    parameters: { ...parameters, ...options.parameters },
    commandLine,
    ...(setName === undefined ? { persona: 'standalone' } : { persona: 'uninitiated', setName }),
  })
}

/** @returns the port */
async function listen(
  sim: Palimpsest,
  settings: MongodSettings,
  request: InstanceRequest,
): Promise<number> {
  const auth = request.auth === undefined ? {} : { auth: {} }
  await wire
  const at = async (port: number): Promise<number> => {
    const places = { ...settings, port }
    const { port: taken } = await listenAtAddresses(places, (place) =>
      sim.listen({ ...place, ...auth }),
    )
    return taken
  }
  try {
    return await at(request.port)
  } catch (error) {
    const isTaken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE'
    if (!isTaken || !request.mayMove) throw error
    return await at(0)
  }
}

function checkInProcess(settings: MongodSettings): void {
  const { action, logPath, pidFilePath } = settings
  const what =
    action !== 'run'
      ? `--${action}`
      : logPath !== undefined
        ? '--logpath'
        : pidFilePath !== undefined
          ? '--pidfilepath'
          : undefined
  if (what === undefined) return
  throw new TypeError(`${what} means nothing here: the server is in this process, and has no log`)
}
