import { money } from '../objects/billing.ts'
import type { Json } from '../objects/json.ts'
import { notFound } from './answer.ts'
import type { Entry } from './collection.ts'
import { pageOf } from './query.ts'
import { find, type Instance, listOf, ok, type Route, route } from './routes.ts'

/** Billing, whose objects have other shapes here than in events. */
export function billingRoutes({ id: instanceId, world }: Instance): Route[] {
  const items = world.of('subscriptionItems')
  const subscriptions = world.of('subscriptions')
  const attempts = world.of('paymentAttempts')
  const show = (item: Json) => shownItem(item, instanceId)

  return [
    route('GET', '/billing/subscription_items', (request) => {
      const { query } = request
      return listOf(items, request, {
        filters: [
          query.get('include_free') === 'true' ? undefined : (entry) => !isFree(items.json(entry)),
          query.has('status') ? (entry) => items.json(entry).status === query.get('status') : undefined,
          query.has('plan_id') ? (entry) => items.json(entry).plan_id === query.get('plan_id') : undefined,
          query.has('payer_type')
            ? ({ organizationId }) => (organizationId ? 'org' : 'user') === query.get('payer_type')
            : undefined,
        ],
        show,
      })
    }),
    route('GET', '/users/:id/billing/subscription', (_, id) => {
      find(world.of('users'), 'user', id)
      return ok(
        subscriptionOf(
          subscriptions.seen().find(({ userId }) => userId === id),
          id,
        ),
      )
    }),
    route('GET', '/organizations/:id/billing/subscription', (_, id) => {
      find(world.of('organizations'), 'organization', id)
      return ok(
        subscriptionOf(
          subscriptions.seen().find(({ organizationId }) => organizationId === id),
          id,
        ),
      )
    }),
    route('GET', '/billing/statements', ({ query }) => {
      const { limit, offset } = pageOf(query)
      const statements = [...statementsById().values()]
      return ok({ data: statements.slice(offset, offset + limit), total_count: statements.length })
    }),
    route('GET', '/billing/statements/:id', (_, id) => ok(statement(id))),
    route('GET', '/billing/statements/:id/payment_attempts', (request, id) => {
      statement(id)
      return listOf(attempts, request, {
        filters: [(entry) => attempts.json(entry).statement_id === id],
        show: shownAttempt,
      })
    }),
  ]

  /** A payer may have none. */
  function subscriptionOf(entry: Entry | undefined, payer: string): Json {
    if (!entry) throw notFound('subscription of', payer)
    const {
      items: own,
      payer: _,
      latest_payment_id: __,
      payment_source_id: ___,
      ...subscription
    } = subscriptions.json(entry)
    const changed = items.seen().map((item) => items.json(item))
    const mine = changed.filter(({ subscription_id }) => subscription_id === entry.id)
    const subscription_items = (mine.length > 0 ? mine : (own as Json[])).map(show)
    return { ...subscription, instance_id: instanceId, subscription_items, eligible_for_free_trial: false }
  }

  function statement(id: string): Json {
    const found = statementsById().get(id)
    if (!found) throw notFound('statement', id)
    return found
  }

  /** Newest first. A statement has the time of its payment attempts and none of a change. */
  function statementsById(): Map<string, Json> {
    const statements = new Map<string, Json>()
    for (const entry of attempts.seen().toReversed()) {
      const { statement_id: id, payer, totals, status } = attempts.json(entry)
      if (statements.has(String(id))) continue
      statements.set(String(id), {
        object: 'commerce_statement',
        id,
        instance_id: instanceId,
        timestamp: entry.createdAt,
        payer,
        status: status === 'paid' ? 'closed' : 'open',
        totals: { base_fee: money(0), ...(totals as Json) },
        groups: [],
      })
    }
    return statements
  }
}

function isFree({ plan }: Json): boolean {
  return (plan as Json | null)?.amount === 0
}

/** It names neither its subscription nor an amount. Of the item of a free plan, which everybody has, the times are left out. */
function shownItem(item: Json, instanceId: string): Json {
  const { payer, plan, next_payment_amount: amount, next_payment_date: date, ...others } = item
  const { credit: _, interval: __, subscription_id: ___, amount: ____, ...rest } = others
  const { created_at, updated_at, ...timeless } = rest
  return {
    ...(isFree(item) ? timeless : rest),
    instance_id: instanceId,
    plan: plan ? shownPlan(plan as Json) : null,
    payer,
    payer_id: (payer as Json | undefined)?.id ?? null,
    payment_source_id: null,
    canceled_at: item.canceled_at ?? null,
    past_due_at: item.past_due_at ?? null,
    ended_at: item.ended_at ?? null,
    lifetime_paid: money(Number(item.lifetime_paid)),
    next_payment: { amount: money(Number(amount)), date },
  }
}

function shownPlan({ amount, annual_monthly_amount: annual, ...plan }: Json): Json {
  return {
    object: 'commerce_plan',
    ...plan,
    fee: money(Number(amount)),
    annual_monthly_fee: money(Number(annual)),
    annual_fee: money(12 * Number(annual)),
    for_payer_type: 'user',
    avatar_url: null,
    free_trial_enabled: false,
    free_trial_days: null,
    features: [],
  }
}

function shownAttempt({ payment_source: method, subscription_items: items, totals, ...attempt }: Json): Json {
  const [item] = items as Json[]
  return {
    ...attempt,
    object: 'commerce_payment',
    payer_id: (attempt.payer as Json).id,
    payee_id: (attempt.payee as Json).id,
    payment_method: method,
    payment_method_id: (method as Json).id,
    subscription_item: item,
    subscription_item_id: item?.id,
    amount: (totals as Json).grand_total,
    totals,
    gateway_external_url: null,
  }
}
