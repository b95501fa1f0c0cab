import { isNull } from 'drizzle-orm'
import { Hono } from 'hono'
import { clerkSync, db } from './clerk-sync.ts'
import { users } from './schema.ts'

const app = new Hono()

app.post('/api/webhooks/clerk', (c) => clerkSync.handler(c.req.raw))

app.get('/users', async (c) => c.json(await db.select().from(users).where(isNull(users.deletedAt))))

export default { port: Number(process.env.PORT ?? 3000), fetch: app.fetch }
