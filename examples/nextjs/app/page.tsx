import { auth } from '@clerk/nextjs/server'
import { ensureUser } from '@clerk-sync/core'
import { clerkSync } from '@/lib/clerk-sync'

export default async function Page() {
  const { userId } = await auth.protect()
  // Right after the sign-up the webhook has not come yet: then Clerk is asked, once.
  const user = await ensureUser(clerkSync, { userId })
  return <h1>{`Hello, ${user?.firstName ?? 'there'}`}</h1>
}
