import type { Document } from '../../bson/index.ts'
import type { SendOptions, Transport } from '../../client/index.ts'
import type { Palimpsest } from '../../palimpsest.ts'
import { isOperation, type Operation } from '../../sim/index.ts'
import type { ActorRun } from './actor_run.ts'

/** Hears of each statement that an actor sends, and of each reply. */
export interface StatementListener {
  sent(actor: ActorRun, command: Document): void
  answered(actor: ActorRun, reply: Document): void
}

/**
 * The actors' ways to the server, which tell on whose behalf commands run. Kept while they last.
 */
export class ActorTransports {
  readonly #listener: StatementListener
  readonly #known = new Map<ActorRun, { readonly sim: Palimpsest; readonly transport: Transport }>()

  constructor(listener: StatementListener) {
    this.#listener = listener
  }

  of(sim: Palimpsest, actor: ActorRun): Transport {
    const known = this.#known.get(actor)
    if (known?.sim === sim) return known.transport
    const transport = actor.isDriven
      ? drivenTransport(sim, actor, this.#listener)
      : promisingTransport(sim, actor, this.#listener)
    this.#known.set(actor, { sim, transport })
    return transport
  }
}

function drivenTransport(
  { server }: Palimpsest,
  actor: ActorRun,
  listener: StatementListener,
): Transport {
  const connection = server.connect({ owner: actor })
  function* tell(answer: Operation<Document>): Operation<Document> {
    const reply = yield* answer
    listener.answered(actor, reply)
    return reply
  }
  return {
    get isReliable() {
      return server.isCalm
    },
    isStandalone: !server.identity.isReplicaSet,
    send(command: Document): Document | Operation<Document> {
      actor.lastStatement = command
      listener.sent(actor, command)
      const answer = server.run(command, connection)
      if (isOperation(answer)) return tell(answer)
      listener.answered(actor, answer)
      return answer
    },
  }
}

function promisingTransport(
  { server }: Palimpsest,
  actor: ActorRun,
  listener: StatementListener,
): Transport {
  const connection = server.connect({ owner: actor })
  return {
    get isReliable() {
      return server.isCalm
    },
    isStandalone: !server.identity.isReplicaSet,
    send(command: Document, options?: SendOptions): Document | Promise<Document> {
      actor.lastStatement = command
      listener.sent(actor, command)
      const answer = server.send(command, connection, options?.signal)
      if (!(answer instanceof Promise)) return answer
      return answer.then((reply) => {
        listener.answered(actor, reply)
        return reply
      })
    },
  }
}

/** `update stock`, for people. */
export function statementText(command: Document): string {
  for (const name in command) {
    const target = command[name]
    return typeof target === 'string' ? `${name} ${target}` : name
  }
  return 'nothing'
}
