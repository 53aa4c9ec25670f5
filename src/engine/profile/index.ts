/**
 * The profiler: which operations are recorded, what a record says, and where it goes.
 *
 * An operation that ends is described by a `ProfiledOperation`; `recordOperation` decides by the
 * settings of its database and writes the document to `system.profile`, outside of whatever
 * transaction the operation ran in.
 */
export { type ProfiledOp, type ProfiledOperation, profileEntry } from './entry.ts'
export { recordOperation } from './record.ts'
export { type DatabaseProfile, type ProfileLevel, ProfileSettings } from './settings.ts'
