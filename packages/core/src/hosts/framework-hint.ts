/** How to get the body unparsed in the framework that a request comes from. */
export function frameworkHint(request: object): string {
  if ('app' in request && 'baseUrl' in request) {
    return (
      'Express: register this route before app.use(express.json()), or give it ' +
      "express.raw({ type: '*/*', limit: '1mb' }) of its own. NestJS: NestFactory.create(AppModule, { rawBody: true })."
    )
  }
  if ('cookies' in request && 'query' in request) {
    return "Next.js Pages API: export const config = { api: { bodyParser: false } } from the route's file."
  }
  if ('routeOptions' in request || 'server' in request) {
    return "Fastify: app.register(fastifyClerkSync, { clerkSync }), from '@clerk-sync/core/fastify'."
  }
  return (
    'Pass on an unread request, or one with the bytes in rawBody. Express: this route before express.json(). Next.js ' +
    'Pages API: bodyParser: false. Fastify: fastifyClerkSync of @clerk-sync/core/fastify. NestJS: rawBody: true.'
  )
}
