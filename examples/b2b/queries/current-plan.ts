import { and, eq, gt, inArray, or, sql } from 'drizzle-orm'
import { subscriptionItems } from '@/db/schema'

const { status, planPeriod, periodEnd, amount, currency } = subscriptionItems

/** A canceled plan lasts until its period ends. Who is late to pay keeps theirs here: that is for each application to say. */
export const isCurrent = or(
  inArray(status, ['active', 'past_due']),
  and(eq(status, 'canceled'), gt(periodEnd, sql`now()`)),
)

const amountPerMonth = sql`case when ${planPeriod} = 'annual' then ${amount} / 12.0 else ${amount} end`

/**
 * Where there are two for a moment, the dearer one names the organization's plan: by what it costs for a month. Amounts of two
 * currencies cannot be compared: one that costs something is before one that does not, then the currency's code decides.
 */
export const dearestFirst = sql`coalesce(${amount} > 0, false) desc, ${currency}, ${amountPerMonth} desc nulls last`
