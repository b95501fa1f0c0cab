import { posix } from 'node:path'
import type { FrameworkName } from '@clerk-sync/project'
import type { Place } from './orms/orm-parts.ts'
import type { Project } from './project.ts'

/** The file of a framework that has a file for each route. */
export interface RouteFile {
  readonly path: string
  readonly text: string
  readonly steps: readonly string[]
}

type Writer = (project: Project, importOf: (path: string) => string) => RouteFile

const line = (name: string, path: string, lines: string, steps: readonly string[] = []) => ({
  path,
  text: `import { clerkSync } from '${name}'\n\n${lines}`,
  steps,
})

const WRITERS: { readonly [Name in FrameworkName]?: Writer } = {
  nextjs({ has }, importOf) {
    const source = has('src/app') || has('src/pages') ? 'src/' : ''
    if (!has(`${source}app`) && has(`${source}pages`)) {
      const path = `${source}pages/api/webhooks/clerk.ts`
      const text = `import { toNodeHandler } from '@clerk-sync/core/node'
import { clerkSync } from '${importOf(path)}'

// The signature is over the bytes of the body.
export const config = { api: { bodyParser: false } }

export default toNodeHandler(clerkSync)
`
      return { path, text, steps: [] }
    }
    const path = `${source}app/api/webhooks/clerk/route.ts`
    return line(importOf(path), path, 'export const POST = clerkSync.handler\n')
  },
  nuxt(_, importOf) {
    const path = 'server/api/webhooks/clerk.ts'
    const text = `import { defineEventHandler, toWebRequest } from 'h3'
import { clerkSync } from '${importOf(path)}'

// Every method: the page would answer a GET.
export default defineEventHandler((event) => clerkSync.handler(toWebRequest(event)))
`
    return { path, text, steps: [] }
  },
  astro(_, importOf) {
    const path = 'src/pages/api/webhooks/clerk.ts'
    const text = `import type { APIRoute } from 'astro'
import { clerkSync } from '${importOf(path)}'

export const prerender = false

export const POST: APIRoute = ({ request }) => clerkSync.handler(request)
`
    return { path, text, steps: [] }
  },
  'react-router'(_, importOf) {
    const path = 'app/routes/clerk-webhook.ts'
    const text = `import type { ActionFunctionArgs } from 'react-router'
import { clerkSync } from '${importOf(path)}'

export const action = ({ request }: ActionFunctionArgs) => clerkSync.handler(request)

// Answers a GET with 405, instead of an error in the log.
export const loader = action
`
    return { path, text, steps: ["Add it to app/routes.ts: route('api/webhooks/clerk', 'routes/clerk-webhook.ts')"] }
  },
  'tanstack-start'(_, importOf) {
    const path = 'src/routes/api/webhooks/clerk.ts'
    const text = `import { createFileRoute } from '@tanstack/react-router'
import { clerkSync } from '${importOf(path)}'

// Every method: a GET would otherwise be answered with an empty page, and 200.
export const Route = createFileRoute('/api/webhooks/clerk')({
  server: { handlers: { ANY: ({ request }) => clerkSync.handler(request) } },
})
`
    return { path, text, steps: [] }
  },
  nestjs(_, importOf) {
    const path = 'src/clerk-webhooks.controller.ts'
    const text = `import { toNodeHandler } from '@clerk-sync/core/node'
import { Controller, Post, Req, Res } from '@nestjs/common'
import type { Request, Response } from 'express'
import { clerkSync } from '${importOf(path)}'

@Controller('api/webhooks/clerk')
export class ClerkWebhooksController {
  @Post()
  receive(@Req() request: Request, @Res() response: Response) {
    return toNodeHandler(clerkSync)(request, response)
  }
}
`
    return {
      path,
      text,
      steps: [
        'Add ClerkWebhooksController to the controllers of your AppModule.',
        "Keep the bytes of the body, in main.ts: NestFactory.create<NestExpressApplication>(AppModule, { rawBody: true }), and app.useBodyParser('json', { limit: '1mb' })",
      ],
    }
  },
}

/** @param module - the path of the module that exports clerkSync, without its extension */
export function writeRoute(
  project: Project,
  framework: FrameworkName,
  module: string,
  { extension }: Pick<Place, 'extension'>,
): RouteFile | undefined {
  const importOf = (from: string) => {
    const path = posix.relative(posix.dirname(from), module)
    return (path.startsWith('.') ? path : `./${path}`) + extension
  }
  return WRITERS[framework]?.(project, importOf)
}
