import { ago, sentence } from '@/lib/words'
import type { Happened } from '@/queries/activity'

export function Activity({ activity }: { activity: readonly Happened[] }) {
  return (
    <section aria-labelledby="activity">
      <h2 id="activity">Lately</h2>
      <ol className="card timeline">
        {activity.map((happened) => (
          <li key={happened.messageId} data-kind={happened.kind}>
            <span>{sentence(happened)}</span>
            <time className="quiet" dateTime={happened.happenedAt.toISOString()}>
              {ago(happened.happenedAt)}
            </time>
          </li>
        ))}
      </ol>
    </section>
  )
}
