import type { Document } from '../bson/index.ts'
import { configDocument, type ReplicationEvent, type ShutdownRequest } from '../server/index.ts'
import type { LogLine } from './log_line.ts'
import type { MongodSettings } from './settings.ts'

/**
 * What the server says when, with its own numbers and words (the LOGV2 calls of 8.0): those that
 * programs wait for, and those that people look for first. It says much more; that is left out.
 */

const STARTUP_WARNING: readonly string[] = ['startupWarnings']

/** Source: `logProcessDetails`, initialize_server_global_state.cpp, mongod_main.cpp. */
export function startMessages(
  settings: MongodSettings,
  process: { readonly pid: number; readonly host: string; readonly version: string },
): LogLine[] {
  const { port, dbPath } = settings
  const { pid, host, version } = process
  const about = (id: number, message: string, attributes: Document): LogLine => ({
    severity: 'I',
    component: 'CONTROL',
    id,
    context: 'initandlisten',
    message,
    attributes,
  })
  const buildInfo = { version, gitVersion: 'palimpsest', modules: ['palimpsest'] }
  return [
    about(4615611, 'MongoDB starting', { pid, port, dbPath, architecture: '64-bit', host }),
    about(23403, 'Build Info', { buildInfo }),
    about(21951, 'Options set by command line', { options: settings.commandLine.parsed }),
  ]
}

/** No message of the server's: there, data stays. */
export const memoryMessage: LogLine = {
  severity: 'W',
  component: 'STORAGE',
  id: 1,
  context: 'initandlisten',
  message: 'All data is in memory, and gone when this process ends',
  tags: STARTUP_WARNING,
}

/** Source: `logMongodStartupWarnings`. */
export const accessMessage: LogLine = {
  severity: 'W',
  component: 'CONTROL',
  id: 22120,
  context: 'initandlisten',
  message:
    'Access control is not enabled for the database. Read and write access to data and configuration is unrestricted',
  tags: STARTUP_WARNING,
}

/** Source: asio_transport_layer.cpp. */
export function listeningMessages(addresses: readonly string[], port: number): LogLine[] {
  const line = { severity: 'I', component: 'NETWORK', context: 'listener' } as const
  return [
    ...addresses.map((address) => ({
      ...line,
      id: 23015,
      message: 'Listening on',
      attributes: { address },
    })),
    { ...line, id: 23016, message: 'Waiting for connections', attributes: { port, ssl: 'off' } },
  ]
}

/** Source: mongod_main.cpp, `initAndListen`. */
export function bindFailureMessage(why: string): LogLine {
  return {
    severity: 'E',
    component: 'CONTROL',
    id: 20568,
    context: 'initandlisten',
    message: 'Error setting up listener',
    attributes: { error: { code: 9001, codeName: 'SocketException', errmsg: why } },
  }
}

/** Source: mongod_main.cpp, `initAndListen`; storage_engine_init.cpp. */
export function dataFolderMessage(dbPath: string): LogLine {
  return {
    severity: 'E',
    component: 'CONTROL',
    id: 20557,
    context: 'initandlisten',
    message: 'DBException in initAndListen, terminating',
    attributes: {
      error: `NonExistentPath: Data directory ${dbPath} not found. Create the missing directory or specify another path using (1) the --dbpath command line option, or (2) by adding the 'storage.dbPath' option in the configuration file.`,
    },
  }
}

/** Source: read_security_file.cpp. */
export function keyFileMessage(why: string): LogLine {
  return {
    severity: 'I',
    component: 'ACCESS',
    id: 20254,
    context: 'main',
    message: 'Read security file failed',
    attributes: { error: { code: 30, codeName: 'InvalidPath', errmsg: why } },
  }
}

/** What is no message of the server's: a connection that broke, a clock that nobody moves. */
export function noticeMessage(message: string): LogLine {
  return { severity: 'W', component: 'NETWORK', id: 2, context: 'palimpsest', message }
}

/** Source: replication_coordinator_impl*.cpp. */
export function replicationMessages(event: ReplicationEvent): LogLine[] {
  const line = { severity: 'I', component: 'REPL', context: 'ReplCoord-0' } as const
  switch (event.kind) {
    case 'configured': {
      const { config, term } = event
      const host = config.member.host ?? 'localhost'
      return [
        {
          ...line,
          id: 21392,
          message: 'New replica set config in use',
          attributes: { config: configDocument(config, term, host) },
        },
        { ...line, id: 21393, message: 'Found self in config', attributes: { hostAndPort: host } },
      ]
    }
    case 'elected': {
      const { term } = event
      const message = 'Election succeeded, assuming primary role'
      return [{ ...line, component: 'ELECTION', id: 21450, message, attributes: { term } }]
    }
    case 'moved': {
      const attributes = { newState: event.to, oldState: event.from }
      return [{ ...line, id: 21358, message: 'Replica set state transition', attributes }]
    }
    case 'writable': {
      const { term } = event
      const message = 'Transition to primary complete; database writes are now permitted'
      return [{ ...line, id: 21331, context: 'OplogApplier-0', message, attributes: { term } }]
    }
  }
}

/** Source: signal_handlers.cpp. */
export function signalMessages(signal: {
  readonly number: number
  readonly name: string
}): LogLine[] {
  const line = { severity: 'I', component: 'CONTROL', context: 'SignalHandler' } as const
  return [
    {
      ...line,
      id: 23377,
      message: 'Received signal',
      attributes: { signal: signal.number, error: signal.name },
    },
    { ...line, id: 23381, message: 'will terminate after current cmd ends' },
    ...ending('SignalHandler'),
  ]
}

/** Source: shutdown.cpp, mongod_main.cpp. */
export function shutdownMessages(request: ShutdownRequest): LogLine[] {
  const context = `conn${request.connectionId}`
  const attributes = { force: request.force, timeout: `${request.timeoutSecs}s` }
  const message = 'Terminating via shutdown command'
  return [
    { severity: 'I', component: 'COMMAND', id: 4695400, context, message, attributes },
    ...ending(context),
  ]
}

function ending(context: string): LogLine[] {
  const line = { severity: 'I', component: 'CONTROL', context } as const
  return [
    { ...line, id: 20565, message: 'Now exiting' },
    { ...line, id: 23138, message: 'Shutting down', attributes: { exitCode: 0 } },
  ]
}
