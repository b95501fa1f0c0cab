// What is mutated together, and the tests that are run against it. They need no server, but for those of check(), and of
// the Supabase adapter, which has no database without one.
// Tests that read sources as text, or compile them, would find StrykerJS's own code there.
/** @typedef {{ name: string, sources: string[], tests: string[] }} Area */

/** @type {Area[]} */
export const AREAS = [
  {
    name: 'core',
    sources: ['packages/core/src/**', '!packages/core/src/sql/**'],
    tests: [
      'packages/core/test/**/!(errors-doc|type-messages).test.ts',
      'packages/adapter-testkit/test/memory.test.ts',
    ],
  },
  {
    name: 'sql',
    sources: ['packages/core/src/sql/**'],
    tests: [
      'packages/core/test/{ends-transaction,faults,own-moment}.test.ts',
      'packages/adapter-drizzle/test/{better-sqlite3,pglite}.test.ts',
      'packages/adapter-kysely/test/{node-sqlite,check,check-postgres,check-types}.test.ts',
    ],
  },
  {
    name: 'adapter-drizzle',
    sources: ['packages/adapter-drizzle/src/**'],
    tests: ['packages/adapter-drizzle/test/{better-sqlite3,libsql,pglite,set-up}.test.ts'],
  },
  {
    name: 'adapter-kysely',
    sources: ['packages/adapter-kysely/src/**'],
    tests: ['packages/adapter-kysely/test/{better-sqlite3,node-sqlite,pglite,set-up,single-connection}.test.ts'],
  },
  {
    name: 'adapter-prisma',
    sources: ['packages/adapter-prisma/src/**'],
    tests: ['packages/adapter-prisma/test/{sqlite,set-up,omitted}.test.ts'],
  },
  {
    name: 'adapter-supabase',
    sources: ['packages/adapter-supabase/src/**'],
    // Without the testkit's suite, which takes minutes over HTTP, and without what tries the SQL files themselves.
    tests: [
      'packages/adapter-supabase/test/{set-up,check,errors,parts,versions-beside,refused-deletes,round-trips}.test.ts',
      'packages/adapter-supabase/test/{adopting,dead-letters,kept-signal,owner-deleted,prune-pages,schemas}.test.ts',
    ],
  },
]
