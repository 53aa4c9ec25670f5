import type { HistoryRecorder, RecordedObject, Unit, Version } from './recorder.ts'

/** The version of an object that a unit saw, by its snapshot. */
export function visibleTo(unit: Unit, { committed }: RecordedObject): Version | undefined {
  for (let i = committed.length - 1; i >= 0; i--) {
    const version = committed[i]!
    if (version.at < unit.began) return version
  }
  return undefined
}

/**
 * Whether a unit saw or made a version of the object by itself, so that a query says nothing more.
 */
export function touches(unit: Unit, object: RecordedObject): boolean {
  for (const step of unit.steps) {
    if (step.kind === 'read' || step.kind === 'write') {
      if (step.version.object === object) return true
    }
  }
  return false
}

/** The objects of a collection that changed in this schedule, so that it matters who saw them. */
export function changedIn(recorder: HistoryRecorder, collection: string): RecordedObject[] {
  return recorder.objects.filter(
    (object) => object.collection === collection && object.committed.length > 1,
  )
}
