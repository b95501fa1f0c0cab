export { KEYS, type PostgrestStandIn, startPostgrest, tokenOf } from './postgrest.ts'
export { EMPTY_PROJECT } from './project.ts'
