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

const TONES: Readonly<Record<string, string>> = { active: 'good', canceled: 'wait', past_due: 'bad' }

function detailsOf({ status, periodEnd, seats }: Item): string {
  const end =
    periodEnd && `${status === 'canceled' ? 'ends' : status === 'upcoming' ? 'until' : 'renews'} on ${day(periodEnd)}`
  return [seats !== null && `${seats} seats`, end ?? 'without an end'].filter(Boolean).join(', ')
}
