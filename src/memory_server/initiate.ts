import type { Palimpsest } from '../palimpsest.ts'

/** The election time-out that these sets have had from the start, in place of ten seconds. */
const ELECTION_TIMEOUT_MS = 5000

export interface SetRequest {
  readonly name: string
  /** `host:port`, as clients reach the member. */
  readonly host: string
  readonly configSettings: object
  readonly memberConfig: object
}

/**
 * Makes a set of a server that waits for its configuration, by the command that a client would
 * send. One that goes on from an earlier start has its configuration.
 *
 * @returns whether it is a new set
 * @throws Error with the server's reason for a configuration that makes no sense
 */
export async function initiate({ server }: Palimpsest, request: SetRequest): Promise<boolean> {
  if (server.replicaSet?.config !== undefined) return false
  const { name, host, configSettings, memberConfig } = request
  const config = {
    _id: name,
    members: [{ _id: 0, host, ...memberConfig }],
    writeConcernMajorityJournalDefault: true,
    settings: { electionTimeoutMillis: ELECTION_TIMEOUT_MS, ...configSettings },
  }
  const connection = server.connect({ host })
  const reply = await server.send({ replSetInitiate: config, $db: 'admin' }, connection)
  server.disconnect(connection)
  if (reply['ok'] !== 1) throw new Error(`replSetInitiate: ${reply['errmsg']}`)
  return true
}
