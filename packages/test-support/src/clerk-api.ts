/** Clerk's Backend API, for the tests of adapters. */
export { startClerkApi } from '@clerk-sync/testing'
