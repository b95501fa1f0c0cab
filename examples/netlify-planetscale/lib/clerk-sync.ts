import { drizzleAdapter } from '@clerk-sync/adapter-drizzle'
import { createClerkSync } from '@clerk-sync/core'
import { eq } from 'drizzle-orm'
import { db } from '../db/index.ts'
import { blocks, events, users } from '../db/schema.ts'

export const clerkSync = createClerkSync({
  adapter: drizzleAdapter(db, { users, events }),
  map: {
    user: (_user, { username, fullName, imageUrl, email }) => ({
      username,
      displayName: fullName ?? username,
      imageUrl,
      email,
    }),
  },
  on: {
    'user.deleted': async ({ event, tx }) => {
      const clerkId = event.data.id ?? ''
      await tx.delete(blocks).where(eq(blocks.userId, clerkId))
      await tx.update(users).set({ tagline: null }).where(eq(users.clerkId, clerkId))
    },
  },
})
