import { toNodeHandler } from '@clerk-sync/core/node'
import fastify from 'fastify'
import { clerkSync } from '../src/clerk-sync.ts'

const app = fastify()
const handler = toNodeHandler(clerkSync)
app.post('/api/webhooks/clerk', (request, reply) => {
  reply.hijack()
  return handler(request.raw, reply.raw)
})
await app.listen({ port: Number(process.env.PORT) })
