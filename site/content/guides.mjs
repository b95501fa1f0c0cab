// The files of the examples that pages show, as tabs: the files themselves, never copies.

/** By the example's folder. */
export const frameworks = {
  nextjs: [
    'db/schema.ts',
    'db/index.ts',
    'lib/clerk-sync.ts',
    'app/api/webhooks/clerk/route.ts',
    'proxy.ts',
    'app/page.tsx',
  ],
  express: ['src/schema.ts', 'src/clerk-sync.ts', 'src/server.ts'],
  fastify: ['src/schema.ts', 'src/clerk-sync.ts', 'src/server.ts'],
  nestjs: [
    'src/schema.ts',
    'src/clerk-sync.ts',
    'src/clerk-webhooks.controller.ts',
    'src/main.ts',
    'src/app.module.ts',
  ],
  astro: [
    'src/db/schema.ts',
    'src/db/index.ts',
    'src/lib/clerk-sync.ts',
    'src/pages/api/webhooks/clerk.ts',
    'src/middleware.ts',
  ],
  nuxt: ['server/db/schema.ts', 'server/utils/db.ts', 'server/utils/clerk-sync.ts', 'server/api/webhooks/clerk.ts'],
  'react-router': [
    'prisma/schema.prisma',
    'app/prisma.server.ts',
    'app/clerk-sync.server.ts',
    'app/routes/clerk-webhook.ts',
    'app/routes.ts',
  ],
  'tanstack-start': [
    'src/db/database.ts',
    'src/db/migrations.ts',
    'src/clerk-sync.ts',
    'src/routes/api/webhooks/clerk.ts',
  ],
  'hono-workers': ['src/schema.ts', 'src/clerk-sync.ts', 'src/index.ts', 'wrangler.jsonc'],
  'hono-bun': ['src/schema.ts', 'src/clerk-sync.ts', 'src/server.ts'],
  'netlify-planetscale': [
    'db/schema.ts',
    'db/index.ts',
    'lib/clerk-sync.ts',
    'netlify/functions/clerk_webhook.ts',
    'netlify/functions/clerk_webhook_event.ts',
  ],
  supabase: [
    'supabase/functions/clerk-webhook/index.ts',
    'supabase/functions/clerk-webhook/deno.json',
    'supabase/migrations/20260101000001_clerk_sync_tables.sql',
  ],
}

/** By the adapter: groups of tabs, each a title and a file. */
export const orms = {
  drizzle: {
    title: 'Drizzle',
    install: 'npm install @clerk-sync/core @clerk-sync/adapter-drizzle @clerk/backend drizzle-orm pg',
    groups: {
      'The table': {
        PostgreSQL: 'nextjs/db/schema.ts',
        'MySQL, MariaDB': 'express/src/schema.ts',
        'SQLite, Turso': 'astro/src/db/schema.ts',
        D1: 'hono-workers/src/schema.ts',
        PlanetScale: 'netlify-planetscale/db/schema.ts',
      },
      'The connection': {
        'node-postgres': 'nextjs/db/index.ts',
        'postgres.js': 'fastify/src/clerk-sync.ts',
        mysql2: 'express/src/clerk-sync.ts',
        libSQL: 'astro/src/db/index.ts',
        D1: 'hono-workers/src/clerk-sync.ts',
        PlanetScale: 'netlify-planetscale/db/index.ts',
      },
    },
    route: {
      'Next.js': 'nextjs/app/api/webhooks/clerk/route.ts',
      Express: 'express/src/server.ts',
      Fastify: 'fastify/src/server.ts',
      Hono: 'hono-workers/src/index.ts',
    },
  },
  prisma: {
    title: 'Prisma',
    install: 'npm install @clerk-sync/core @clerk-sync/adapter-prisma @clerk/backend @prisma/client @prisma/adapter-pg',
    groups: {
      'The models': {
        PostgreSQL: 'quickstart/prisma/postgres.prisma',
        'MySQL, MariaDB': 'quickstart/prisma/mysql.prisma',
        SQLite: 'react-router/prisma/schema.prisma',
      },
      'The connection': {
        PostgreSQL: 'quickstart/src/prisma/postgres.ts',
        'MySQL, MariaDB': 'quickstart/src/prisma/mysql.ts',
        SQLite: 'react-router/app/clerk-sync.server.ts',
      },
    },
    route: {
      'React Router': 'react-router/app/routes/clerk-webhook.ts',
      'Next.js': 'nextjs/app/api/webhooks/clerk/route.ts',
      Express: 'express/src/server.ts',
    },
  },
  kysely: {
    title: 'Kysely',
    install: 'npm install @clerk-sync/core @clerk-sync/adapter-kysely @clerk/backend kysely pg',
    groups: {
      'The table': {
        'Its type': 'tanstack-start/src/db/database.ts',
        'Its migration': 'tanstack-start/src/db/migrations.ts',
      },
      'The connection': {
        PostgreSQL: 'tanstack-start/src/clerk-sync.ts',
        'MySQL, MariaDB': 'quickstart/src/kysely/mysql.ts',
        SQLite: 'quickstart/src/kysely/sqlite.ts',
      },
    },
    route: {
      'TanStack Start': 'tanstack-start/src/routes/api/webhooks/clerk.ts',
      'Next.js': 'nextjs/app/api/webhooks/clerk/route.ts',
      Express: 'express/src/server.ts',
    },
  },
  supabase: {
    title: 'Supabase',
    install: 'npm install @clerk-sync/core @clerk-sync/adapter-supabase @clerk/backend @supabase/supabase-js',
    groups: {
      'The table': { Migration: 'supabase/supabase/migrations/20260101000001_clerk_sync_tables.sql' },
    },
    route: {
      'Edge Function': 'supabase/supabase/functions/clerk-webhook/index.ts',
      'Its imports': 'supabase/supabase/functions/clerk-webhook/deno.json',
      'Next.js': 'nextjs/app/api/webhooks/clerk/route.ts',
    },
  },
}
