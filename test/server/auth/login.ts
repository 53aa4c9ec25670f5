/** Connections to a server that somebody has to log in over, without sockets. */
import { Binary } from 'bson'
import type { Document } from '../../../src/bson/index.ts'
import type { UserOptions } from '../../../src/server/auth/auth_options.ts'
import { addUsers } from '../../../src/server/auth/auth_options.ts'
import type { Connection } from '../../../src/server/index.ts'
import { nodeCryptography } from '../../../src/server/wire/node_cryptography.ts'
import { type Bench, makeBench } from '../harness.ts'
import { ScramClient } from './scram_client.ts'

export interface GuardedBench extends Bench {
  /** What the log was told. */
  readonly log: readonly string[]
  /** A connection that somebody may log in over. */
  open(options?: { readonly isLocal?: boolean; readonly isRequired?: boolean }): Guarded
  /** The same, logged in by SCRAM. */
  openAs(user: string, pwd: string, db?: string): Promise<Guarded>
  /** The same at no cost, for tests of what comes after. */
  as(user: string, db?: string): Guarded
}

export interface Guarded {
  readonly connection: Connection
  run(command: Document): Promise<Document>
}

export function makeGuardedBench(users: readonly UserOptions[] = []): GuardedBench {
  const bench = makeBench()
  addUsers(bench.server.users, { users })
  const log: string[] = []
  const open: GuardedBench['open'] = ({ isLocal = true, isRequired = true } = {}) => {
    const connection = bench.server.connect({
      login: { cryptography: nodeCryptography, isRequired, isLocal, log: (line) => log.push(line) },
    })
    return {
      connection,
      run: async (command) =>
        bench.server.send({ ...command, $db: command['$db'] ?? 'test' }, connection),
    }
  }
  return {
    ...bench,
    log,
    open,
    as(user, db = 'admin') {
      const guarded = open()
      guarded.connection.authorization.logIn(bench.server.users.require({ user, db }))
      return guarded
    },
    async openAs(user, pwd, db = 'admin') {
      const guarded = open()
      const reply = await logIn(guarded, { user, pwd, db })
      if (reply['ok'] !== 1) throw new Error(`${user} can't log in: ${reply['errmsg']}`)
      return guarded
    },
  }
}

export const payload = (text: string): Binary => new Binary(new TextEncoder().encode(text))

export const payloadText = (reply: Document): string =>
  new TextDecoder().decode((reply['payload'] as Binary).value())

export function saslStart(mechanism: string, first: string, db = 'admin'): Document {
  return { saslStart: 1, mechanism, payload: payload(first), $db: db }
}

export function saslContinue(message: string, db = 'admin'): Document {
  return { saslContinue: 1, conversationId: 1, payload: payload(message), $db: db }
}

/** A whole login by SCRAM-SHA-256. @returns the last reply */
export async function logIn(
  { run }: Guarded,
  { user, pwd, db = 'admin' }: { user: string; pwd: string; db?: string },
): Promise<Document> {
  const client = new ScramClient({ hash: 'sha256', user, password: pwd, nonce: 'cnonce' })
  const started = await run(saslStart('SCRAM-SHA-256', client.first(), db))
  if (started['ok'] !== 1) return started
  const proved = await run(saslContinue(client.final(payloadText(started)), db))
  if (proved['ok'] !== 1) return proved
  return run(saslContinue('', db))
}
