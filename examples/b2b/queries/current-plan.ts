import { and, eq, gt, inArray, or, sql } from 'drizzle-orm'
import { subscriptionItems } from '@/db/schema'

const { status, periodEnd, amount } = subscriptionItems

/** A canceled plan lasts until its period ends. Who is late to pay keeps theirs here: that is for each application to say. */
export const isCurrent = or(
  inArray(status, ['active', 'past_due']),
  and(eq(status, 'canceled'), gt(periodEnd, sql`now()`)),
)

/** Where there are two for a moment, the dearer one names the organization's plan. */
export const dearestFirst = sql`${amount} desc nulls last`
