// What is mutated together, and the tests that are run against it: those that come to its code, and that take seconds.
// Core's need no server; what the adapters do is seen on servers, which start when a test first asks for one.
// The slower ones are those besides, for what these leave (--all-tests): other drivers and servers, deadlines, bursts.
// Tests that read sources as text, or compile them, would find StrykerJS's own code there, and those that start processes
// none of it.
/** @typedef {{ name: string, sources: string[], tests: string[], slower: string[] }} Area */

/** @type {Area[]} */
export const AREAS = [
  {
    name: 'core',
    sources: ['packages/core/src/**', '!packages/core/src/sql/**'],
    tests: [
      'packages/core/test/**/!(errors-doc|type-messages).test.ts',
      'packages/adapter-testkit/test/memory.test.ts',
    ],
    slower: [
      'packages/adapter-testkit/test/{broken,broken-linking,broken-triggers,third-party}.test.ts',
      'packages/adapter-kysely/test/{bursts,deadline,fault-run,node-postgres}.test.ts',
    ],
  },
  {
    name: 'sql',
    sources: ['packages/core/src/sql/**'],
    // The testkit's suite on SQLite, PostgreSQL and MySQL, and what tries the statements by themselves.
    tests: [
      'packages/core/test/{column-values,ends-transaction,faults,own-moment}.test.ts',
      'packages/adapter-drizzle/test/{better-sqlite3,pglite}.test.ts',
      'packages/adapter-drizzle/test/{check,committed-by-ddl,default-collation,late-writes,linking-beside}.test.ts',
      'packages/adapter-drizzle/test/{locked-batch,lost-writes,owner-deleted,parts,parts-in-batches,prune}.test.ts',
      'packages/adapter-drizzle/test/{prune-pages,reconcile-removes,rejoining,replace-in-batch,sql-defaults}.test.ts',
      'packages/adapter-drizzle/test/{two-reconciles,unlinked,versions-beside,versions-beside-trips}.test.ts',
      'packages/adapter-kysely/test/{mysql,node-sqlite,overtaken}.test.ts',
      'packages/adapter-kysely/test/{autocommit,batches-and-deletes,check,check-mysql,check-postgres,check-types}.test.ts',
      'packages/adapter-kysely/test/{dead-letters,dropped-tombstones,linking-beside,lock-order,lost-writes}.test.ts',
      'packages/adapter-kysely/test/{owner-deleted,parts,postgres-batches,refused-deletes,rejoining,round-trips}.test.ts',
      'packages/adapter-kysely/test/{schemas,sqlite-batches,sqlite-steps,values,versions-beside}.test.ts',
    ],
    slower: [
      // Those of the other dialects, and of the other ways to run statements. More drivers send the same.
      'packages/adapter-drizzle/test/{bursts,d1,dead-letters,neon-http,refused-values}.test.ts',
      'packages/adapter-kysely/test/{adopting,bursts,database-troubles,deadline,fault-run,hooks,mariadb}.test.ts',
      'packages/adapter-kysely/test/{migrations,moved-table,node-postgres,open-transactions,pglite}.test.ts',
      'packages/adapter-kysely/test/{refused-values,single-connection,tables-to-paste,unrun-writes}.test.ts',
    ],
  },
  {
    name: 'adapter-drizzle',
    sources: ['packages/adapter-drizzle/src/**'],
    tests: [
      'packages/adapter-drizzle/test/{better-sqlite3,libsql,pglite}.test.ts',
      'packages/adapter-drizzle/test/{at-least-once,check,close,column-info,commit-proof,committed-by-ddl}.test.ts',
      'packages/adapter-drizzle/test/{database-away,database-troubles,databases,default-collation}.test.ts',
      'packages/adapter-drizzle/test/{driver-result,ensure-user,fault,helper-tables,is-live,kept-statements,late-writes,libsql-http,linking-beside}.test.ts',
      'packages/adapter-drizzle/test/{locked-batch,lost-writes,named-columns,names,names-in-transactions,reconnecting}.test.ts',
      'packages/adapter-drizzle/test/{open-transactions,owner-deleted,parts,planetscale-hooks,pooled-hooks}.test.ts',
      'packages/adapter-drizzle/test/{prune,query-cache,replace-in-batch,round-trips,schemas,set-up,sql-defaults}.test.ts',
      'packages/adapter-drizzle/test/{unique-indexes,unlinked,unrun-writes,values,versions-beside,versions-beside-trips}.test.ts',
    ],
    slower: [
      'packages/adapter-drizzle/test/{d1,mariadb,mysql,neon-http,node-postgres,planetscale,postgres-js}.test.ts',
      'packages/adapter-drizzle/test/{adopting,bursts,bursts-on-mysql,connection-limits,dead-letters,deadline}.test.ts',
      'packages/adapter-drizzle/test/{fault-run,guide-schemas,moved-table,mysql-prepared,parts-in-batches}.test.ts',
      'packages/adapter-drizzle/test/{postgres-js-behind-a-pooler,prune-pages,readme-plans,reconcile-removes}.test.ts',
      'packages/adapter-drizzle/test/{refused-values,rejoining,tables-to-paste,two-reconciles}.test.ts',
    ],
  },
  {
    name: 'adapter-kysely',
    sources: ['packages/adapter-kysely/src/**'],
    tests: [
      'packages/adapter-kysely/test/{better-sqlite3,pglite}.test.ts',
      'packages/adapter-kysely/test/{autocommit,batches-and-deletes,check,check-mysql,check-postgres,check-types}.test.ts',
      'packages/adapter-kysely/test/{database-away,database-troubles,dead-letters,encode,engines,hooks}.test.ts',
      'packages/adapter-kysely/test/{linking-beside,live-membership,lost-writes,migrations,named-columns}.test.ts',
      'packages/adapter-kysely/test/{one-connection,open-transactions,owner-deleted,parts,postgres-batches}.test.ts',
      'packages/adapter-kysely/test/{rejoining,round-trips,schemas,set-up,single-connection,sqlite-batches}.test.ts',
      'packages/adapter-kysely/test/{sqlite-steps,unrun-writes,values,versions-beside}.test.ts',
    ],
    slower: [
      'packages/adapter-kysely/test/{mariadb,mysql,node-postgres,node-sqlite}.test.ts',
      'packages/adapter-kysely/test/{adopting,bursts,deadline,dropped-tombstones,fault-run}.test.ts',
      'packages/adapter-kysely/test/{lock-order,moved-table,process-survives,readme-plans,refused-deletes}.test.ts',
      'packages/adapter-kysely/test/{refused-values,tables-to-paste}.test.ts',
    ],
  },
  {
    name: 'adapter-prisma',
    sources: ['packages/adapter-prisma/src/**'],
    tests: [
      'packages/adapter-prisma/test/{sqlite,set-up,omitted}.test.ts',
      'packages/adapter-prisma/test/{application,check,database-troubles,dead-letters,driver-schema}.test.ts',
      'packages/adapter-prisma/test/{encode,extensions,fault,generated-values,live-membership,models,named-columns}.test.ts',
      'packages/adapter-prisma/test/{part-table,refused-values,round-trips,schema,transactions,unrun-writes,versions-beside}.test.ts',
    ],
    slower: [
      'packages/adapter-prisma/test/{mariadb,mysql,postgres,prisma6,prisma6-others}.test.ts',
      'packages/adapter-prisma/test/{adopting,bursts,deadline,fault-run,moved-table,readme-plans,tables-to-paste}.test.ts',
    ],
  },
  {
    name: 'adapter-supabase',
    sources: ['packages/adapter-supabase/src/**'],
    // Without the testkit's suite, which takes minutes over HTTP, and without what tries the SQL files themselves.
    tests: [
      'packages/adapter-supabase/test/{set-up,check,errors,parts,versions-beside,refused-deletes,round-trips}.test.ts',
      'packages/adapter-supabase/test/{adopting,batches,dead-letters,kept-signal,other-schemas,owner-deleted}.test.ts',
      'packages/adapter-supabase/test/{privileges,prune-pages,refused-values,schemas,table-facts,versions,wrong-answers}.test.ts',
    ],
    slower: ['packages/adapter-supabase/test/{fault-run,rls,supabase,tables-to-paste}.test.ts'],
  },
]
