import type { ClerkSync } from '@clerk-sync/core'
import { toNodeHandler } from '@clerk-sync/core/node'
import { Controller, Inject, Post, Req, Res } from '@nestjs/common'
import type { Request, Response } from 'express'
import { CLERK_SYNC } from './clerk-sync.js'

@Controller('api/webhooks/clerk')
export class ClerkWebhooksController {
  constructor(@Inject(CLERK_SYNC) private readonly clerkSync: ClerkSync) {}

  @Post()
  receive(@Req() request: Request, @Res() response: Response) {
    return toNodeHandler(this.clerkSync)(request, response)
  }
}
