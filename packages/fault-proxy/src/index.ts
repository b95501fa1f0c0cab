export { type FaultProxy, startFaultProxy } from './fault-proxy.ts'
export { type OwnPostgres, startOwnPostgres } from './own-postgres.ts'
export { type PgBouncer, startPgBouncer } from './pgbouncer.ts'
export type { Fault, FaultRule, Injected } from './rules.ts'
