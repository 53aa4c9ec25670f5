/** Views: how they are stored, found, followed down to their collection, and changed. */
export { createView, dropView, modifyView, type ViewParts } from './change.ts'
export { type ResolvedView, resolveView } from './resolve.ts'
export { findView, VIEWS_COLLECTION, type ViewDefinition, viewsOf } from './view_definition.ts'
