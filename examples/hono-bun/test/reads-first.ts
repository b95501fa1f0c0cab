import { Hono } from 'hono'
import { clerkSync } from '../src/clerk-sync.ts'

const app = new Hono()

app.use(async (c, next) => {
  console.log((await c.req.text()).length, 'characters')
  await next()
})
app.post('/api/webhooks/clerk', (c) => clerkSync.handler(c.req.raw))

export default { port: Number(process.env.PORT), fetch: app.fetch }
