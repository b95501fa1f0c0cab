export { type CaseResult, checkHost, hostConformance, type Runner } from './host-conformance.ts'
export type { Capabilities, HostOptions, UserRow } from './options.ts'
