export { KEYS, type PostgrestFake, startPostgrest, tokenOf } from './postgrest.ts'
export { EMPTY_PROJECT } from './project.ts'
