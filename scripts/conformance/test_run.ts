import type { Deployment } from './deployment.ts'
import { EntityMap } from './entities.ts'
import type { TestCase } from './format.ts'
import type { MatchScope } from './match/operators.ts'

/** What the operations of one test share. */
export class TestRun implements MatchScope {
  readonly deployment: Deployment
  readonly entities = new EntityMap()
  /** Whether the test sets fail points. */
  readonly failPoints: boolean
  /** Those that are on, to be switched off after it. */
  readonly setFailPoints: Set<string> = new Set()
  /** Where the driver went its own way; see `match/driver_ways.ts`. */
  readonly ways: Set<string> = new Set()
  /** Whether it began a transaction, which it may have left open. */
  hasTransactions = false

  constructor(deployment: Deployment, { operations }: TestCase) {
    this.deployment = deployment
    this.failPoints = operations.some(({ name }) => name === 'failPoint')
  }

  savedValue(name: string): unknown {
    return this.entities.get('value', name)
  }

  sessionId(name: string): unknown {
    return this.entities.get('session', name).id
  }

  noteWay(name: string): void {
    this.ways.add(name)
  }
}
