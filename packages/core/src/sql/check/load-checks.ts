/**
 * The rules of `check` for an adapter that asks its database in a way of its own. Loaded when it is called, so that a route
 * that takes deliveries does without.
 */
export function loadChecks() {
  return import('./checks.ts')
}
