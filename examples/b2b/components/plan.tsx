import { day, price } from '@/lib/words'
import type { OrganizationPage } from '@/queries/organization'

type Item = OrganizationPage['plans'][number]

export function Plan({ plans, seesPrices }: { plans: readonly Item[]; seesPrices: boolean }) {
  return (
    <section aria-labelledby="plan">
      <h2 id="plan">Plan</h2>
      {plans.length === 0 ? (
        <p className="card empty">No plan yet.</p>
      ) : (
        <ul className="card rows plans">
          {plans.map((item) => (
            <li key={item.id}>
              <div className="who">
                <strong className="plan-name">{item.planName ?? 'A plan'}</strong>
                {seesPrices && <span className="price">{price(item.amount, item.currency, item.planPeriod)}</span>}
                <span className="quiet">{detailsOf(item)}</span>
              </div>
              <span className="badge" data-tone={TONES[item.status] ?? 'plain'}>
                {item.isFreeTrial ? 'trial' : item.status.replaceAll('_', ' ')}
              </span>
            </li>
          ))}
        </ul>
      )}
      {!seesPrices && <p className="quiet note">What it costs is for those who may see billing.</p>}
    </section>
  )
}

export function PlanBadge({ name }: { name: string | null | undefined }) {
  if (!name) return null
  return (
    <span className="badge" data-tone={name === 'Free' ? 'plain' : 'accent'}>
      {name}
    </span>
  )
}

const TONES: Readonly<Record<string, string>> = { active: 'good', canceled: 'wait', past_due: 'bad' }

function detailsOf({ status, periodStart, periodEnd, seats }: Item): string {
  return [seats === null ? '' : `${seats} seats`, term(status, periodStart, periodEnd)].filter(Boolean).join(', ')
}

function term(status: string, start: Date | null, end: Date | null): string {
  if (status === 'upcoming') return start ? `begins on ${day(start)}` : 'begins later'
  if (!end) return 'without an end'
  return `${status === 'canceled' ? 'ends' : 'renews'} on ${day(end)}`
}
