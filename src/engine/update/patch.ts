/**
 * What an update changed, as data: the description that an oplog entry or a change stream is made
 * from.
 *
 * Patches are as small as the change: a field set deep in a document is one patch at its path; a
 * field made below a missing parent is one patch at the parent, with all that is in it. Elements
 * appended to an array are one patch each. They are sorted by path.
 */
import { type Document, fieldOf, isDocument } from '../../bson/index.ts'
import { comparePaths } from './update_path.ts'

export type Patch =
  | { readonly op: 'set'; readonly path: readonly string[]; readonly value: unknown }
  | { readonly op: 'unset'; readonly path: readonly string[] }
  /** The whole document, by a replacement; the path is empty. */
  | { readonly op: 'replace'; readonly path: readonly []; readonly value: Document }

export function sortPatches(patches: Patch[]): Patch[] {
  return patches.sort((a, b) => comparePaths(a.path, b.path))
}

/**
 * The patches between two versions that differ at most at the given paths, none of which leads
 * through an array. Costs a walk along each path, and only when somebody asks.
 */
export function patchesAlong(
  before: Document,
  after: Document,
  paths: readonly (readonly string[])[],
): Patch[] {
  const patches: Patch[] = []
  const seen = new Set<string>()
  for (const path of paths) {
    for (const patch of patchesAt(before, after, path)) {
      // Two paths may share the parent that had to be made for them.
      const key = JSON.stringify(patch.path)
      if (!seen.has(key)) patches.push(patch)
      seen.add(key)
    }
  }
  return sortPatches(patches)
}

/** Follows one path through both versions, down to where they part. */
function patchesAt(before: Document, after: Document, path: readonly string[]): Patch[] {
  let old: unknown = before
  let fresh: unknown = after
  for (let depth = 1; depth <= path.length; depth++) {
    const name = path[depth - 1]!
    old = isDocument(old) ? fieldOf(old, name) : undefined
    fresh = isDocument(fresh) ? fieldOf(fresh, name) : undefined
    if (Object.is(old, fresh)) return []
    const here = path.slice(0, depth)
    if (fresh === undefined) return [{ op: 'unset', path: here }]
    if (old === undefined) return [{ op: 'set', path: here, value: fresh }]
  }
  return setPatches(path, old, fresh)
}

/** One value for another; appended elements one by one. */
function setPatches(path: readonly string[], old: unknown, fresh: unknown): Patch[] {
  if (!Array.isArray(old) || !Array.isArray(fresh) || !isExtension(old, fresh)) {
    return [{ op: 'set', path, value: fresh }]
  }
  return fresh.slice(old.length).map((value, i) => ({
    op: 'set',
    path: [...path, String(old.length + i)],
    value,
  }))
}

/** Whether an array is another with elements appended. */
export function isExtension(old: readonly unknown[], fresh: readonly unknown[]): boolean {
  return fresh.length > old.length && old.every((element, i) => Object.is(element, fresh[i]))
}
