import { getSecret } from 'astro:env/server'
import { drizzle } from 'drizzle-orm/libsql'

export const db = drizzle({
  connection: {
    url: getSecret('TURSO_DATABASE_URL') ?? 'file:local.db',
    authToken: getSecret('TURSO_AUTH_TOKEN'),
  },
  casing: 'snake_case',
})
