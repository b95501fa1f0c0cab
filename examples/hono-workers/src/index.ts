import { isNull } from 'drizzle-orm'
import { Hono } from 'hono'
import { dbFor, type Env, syncFor } from './clerk-sync.ts'
import { users } from './schema.ts'

const app = new Hono<{ Bindings: Env }>()

app.post('/api/webhooks/clerk', (c) => syncFor(c.env).handler(c.req.raw))

app.get('/users', async (c) => c.json(await dbFor(c.env).select().from(users).where(isNull(users.deletedAt))))

export default app
