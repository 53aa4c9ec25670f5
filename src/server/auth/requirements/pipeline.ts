import { type Document, isDocument } from '../../../bson/index.ts'
import type { Namespace } from '../../../engine/index.ts'
import type { PrivilegeSet } from '../privilege_set.ts'
import { type Asked, elementsOf, type Requirement } from './requirement.ts'

/**
 * A pipeline reads what it runs over, unless its first stage is a source of its own; and stages may
 * read or write other collections. Source: `getPrivilegesForAggregate`, authorization_checks.cpp
 * (8.0), and `requiredPrivileges` of each stage.
 */
export const runsPipeline: Requirement = ({ command, ns, authorization }: Asked): boolean => {
  const stages = stagesOf(command['pipeline'])
  const { privileges } = authorization
  const [first] = stages
  const isSource = first !== undefined && SOURCES.has(first.name)
  if (!isSource && !privileges.allowsOn(ns, 'find')) return false
  return stages.every((stage) => mayRun(stage, ns, privileges))
}

interface NamedStage {
  readonly name: string
  readonly spec: unknown
}

/** What is no document is no stage, which the parser will say. */
function stagesOf(pipeline: unknown): NamedStage[] {
  return elementsOf(pipeline).flatMap((stage) =>
    isDocument(stage) ? Object.entries(stage).map(([name, spec]) => ({ name, spec })) : [],
  )
}

const SOURCES: ReadonlySet<string> = new Set([
  '$changeStream',
  '$collStats',
  '$currentOp',
  '$documents',
  '$indexStats',
  '$listLocalSessions',
  '$listSessions',
])

function mayRun({ name, spec }: NamedStage, ns: Namespace, privileges: PrivilegeSet): boolean {
  const options: Document = isDocument(spec) ? spec : {}
  const other = (coll: unknown): Namespace => ({ db: ns.db, coll: String(coll) })
  const reads = (coll: unknown): boolean => privileges.allowsOn(other(coll), 'find')
  const runs = (pipeline: unknown, on: Namespace): boolean =>
    stagesOf(pipeline).every((stage) => mayRun(stage, on, privileges))
  switch (name) {
    case '$collStats':
      return privileges.allowsOn(ns, 'collStats')
    case '$indexStats':
      return privileges.allowsOn(ns, 'indexStats')
    case '$changeStream':
      return privileges.allowsOn(ns, 'find') && privileges.allowsOn(ns, 'changeStream')
    case '$currentOp':
      // Without `allUsers`, it shows what is one's own.
      return options['allUsers'] !== true || privileges.allowsOnCluster('inprog')
    case '$listLocalSessions':
      return isAboutOneself(options) || privileges.allowsOnCluster('listSessions')
    case '$lookup':
    case '$graphLookup': {
      const { from, pipeline } = options
      return (from === undefined || reads(from)) && runs(pipeline, other(from))
    }
    case '$unionWith': {
      const coll = typeof spec === 'string' ? spec : options['coll']
      return (coll === undefined || reads(coll)) && runs(options['pipeline'], other(coll))
    }
    case '$facet':
      return Object.values(options).every((pipeline) => runs(pipeline, ns))
    case '$out':
      return mayReplace(targetOf(spec, ns), privileges)
    case '$merge':
      return mayMerge(targetOf(options['into'] ?? spec, ns), options, privileges)
    default:
      return true
  }
}

function isAboutOneself({ allUsers, users }: Document): boolean {
  return allUsers !== true && elementsOf(users).length === 0
}

/** Where a stage writes to: a name, or `{ db, coll }`. */
function targetOf(given: unknown, { db }: Namespace): Namespace {
  if (!isDocument(given)) return { db, coll: String(given) }
  return { db: String(given['db'] ?? db), coll: String(given['coll']) }
}

function mayReplace(target: Namespace, privileges: PrivilegeSet): boolean {
  return privileges.allowsOn(target, 'insert') && privileges.allowsOn(target, 'remove')
}

function mayMerge(target: Namespace, options: Document, privileges: PrivilegeSet): boolean {
  const changes = !['keepExisting', 'fail'].includes(String(options['whenMatched']))
  const adds = !['discard', 'fail'].includes(String(options['whenNotMatched']))
  return (
    (!changes || privileges.allowsOn(target, 'update')) &&
    (!adds || privileges.allowsOn(target, 'insert'))
  )
}
