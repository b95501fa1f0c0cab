// What is mutated together, and the tests that are run against it: all of them need no server.
/** @typedef {{ name: string, sources: string[], tests: string[] }} Area */

/** @type {Area[]} */
export const AREAS = [
  {
    name: 'core',
    sources: ['packages/core/src/**', '!packages/core/src/sql/**'],
    tests: ['packages/core/test/**/*.test.ts', 'packages/adapter-testkit/test/memory.test.ts'],
  },
  {
    name: 'sql',
    sources: ['packages/core/src/sql/**'],
    tests: [
      'packages/core/test/**/*.test.ts',
      'packages/adapter-drizzle/test/{better-sqlite3,pglite}.test.ts',
      'packages/adapter-kysely/test/node-sqlite.test.ts',
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
]
