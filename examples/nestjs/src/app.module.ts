import { Module } from '@nestjs/common'
import { CLERK_SYNC, clerkSyncFor } from './clerk-sync.js'
import { ClerkWebhooksController } from './clerk-webhooks.controller.js'
import { Database } from './database.js'
import { UsersController } from './users.controller.js'

@Module({
  controllers: [ClerkWebhooksController, UsersController],
  providers: [Database, { provide: CLERK_SYNC, useFactory: clerkSyncFor, inject: [Database] }],
})
export class AppModule {}
