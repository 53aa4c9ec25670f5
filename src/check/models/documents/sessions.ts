import type { SessionStep, SessionView } from '../../sessions/session_view.ts'
import type { DocumentHistory, UnmatchedObject } from './history.ts'

/** The versions of all documents in one row, object by object, in the order of their commits. */
export function sessionsOf({ objects, transactions }: DocumentHistory): SessionView {
  const first: number[] = []
  let versions = 0
  for (const object of objects) {
    first.push(versions)
    versions += object.versions.length
  }
  const isCommitted = (object: number, version: number) =>
    objects[object]!.versions[version]!.state === 'committed'
  /** What a query did not find it may have seen in any version that it does not match either. */
  const newestAlike = ({ object, version, matches }: UnmatchedObject) => {
    let newest = version
    while (matches[newest + 1] === false && isCommitted(object, newest + 1)) newest++
    return newest
  }
  return {
    versions,
    stepsOf(transaction) {
      const steps: SessionStep[] = []
      const add = (object: number, version: number, author: number, writes: boolean) => {
        if (!isCommitted(object, version)) return
        steps.push({ key: object, version: first[object]! + version, author, writes })
      }
      for (const step of transactions[transaction]!.steps) {
        if (step.kind === 'query') {
          for (const one of step.unmatched) add(one.object, newestAlike(one), -1, false)
          continue
        }
        const { author = -1 } = objects[step.object]!.versions[step.version]!
        if (step.kind === 'write') add(step.object, step.version, transaction, true)
        else if (author !== transaction) add(step.object, step.version, author, false)
      }
      return steps
    },
    isBefore: (earlier, later) => earlier < later,
  }
}
