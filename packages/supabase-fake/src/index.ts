export { KEYS, type PostgrestFake, type PostgrestOptions, startPostgrest, tokenOf } from './postgrest.ts'
export { EMPTY_PROJECT } from './project.ts'
