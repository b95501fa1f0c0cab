import type { ClerkSync } from '@clerk-sync/core'
import { toNodeHandler } from '@clerk-sync/core/node'
import { Controller, Inject, Post, Req, Res } from '@nestjs/common'
import type { Request, Response } from 'express'
import { CLERK_SYNC } from './clerk-sync.js'

@Controller('api/webhooks/clerk')
export class ClerkWebhooksController {
  readonly #handle: ReturnType<typeof toNodeHandler>

  constructor(@Inject(CLERK_SYNC) clerkSync: ClerkSync) {
    this.#handle = toNodeHandler(clerkSync)
  }

  @Post()
  receive(@Req() request: Request, @Res() response: Response) {
    return this.#handle(request, response)
  }
}
