import { button, lengthOf, make, momentOf } from './dom.js'
import { rowChange } from './rows.js'
import { kindOf, why } from './why.js'

/**
 * A delivery in the list: one line, and all that is known of it below.
 *
 * @param {(wish: object) => void} send undefined where nothing may be sent
 */
export function deliveryItem(delivery, send) {
  const { n, at, by, outcome, status, durationMs, lagMs, event, isPartial, error, row } = delivery
  const item = make('li', kindOf(delivery))
  item.dataset.kind = kindOf(delivery)
  const time = make('time', '', momentOf(at))
  time.setAttribute('datetime', new Date(at).toISOString())
  const said = error ? `${outcome === 'parked' ? 'parked ' : ''}${error.code}` : outcome
  const summary = make('summary', 'line')
  summary.append(
    time,
    make('span', 'badge', said),
    make('span', 'type', event?.type ?? 'not verified'),
    make('span', 'key', row?.key ?? event?.data?.id ?? ''),
    make('span', 'lag', lagMs === undefined ? '' : `${lengthOf(lagMs)} old`),
  )
  const facts = [
    ['message', event?.id],
    ['answered', status === undefined ? 'nobody: a worker applied it' : String(status)],
    ['took', durationMs === undefined ? undefined : lengthOf(durationMs)],
    ['event of', event ? momentOf(event.timestamp) : undefined],
    ['by', by === 'worker' ? 'apply or applyMany' : 'the route'],
  ]
  const below = make('div', 'below', make('p', 'why', why(delivery)))
  if (error) below.append(errorParts(error))
  if (row) below.append(rowChange(row))
  const list = make('dl', 'facts')
  for (const [name, value] of facts)
    if (value) list.append(make('div', '', make('dt', '', name), make('dd', '', value)))
  below.append(list)
  if (event) {
    const whole = make('details', 'event', make('summary', 'more', 'The event'))
    whole.append(make('pre', '', JSON.stringify(event, undefined, 2)))
    below.append(whole)
    if (isPartial)
      below.append(
        make(
          'p',
          'quiet',
          'Codes and links that let somebody in are kept nowhere: that part of its data was left out.',
        ),
      )
    if (send && !isPartial) below.append(button('Send it again', () => send({ again: n })))
  }
  item.append(make('details', '', summary, below))
  return item
}

function errorParts({ docs, causes }) {
  const parts = make('div', 'error')
  for (const [index, cause] of causes.entries()) parts.append(make('pre', '', index > 0 ? `caused by ${cause}` : cause))
  if (/^https:\/\//.test(docs)) {
    const link = /** @type {HTMLAnchorElement} */ (make('a', '', 'What it means, and how to mend it'))
    link.href = docs
    link.rel = 'noreferrer'
    link.target = '_blank'
    parts.append(link)
  }
  return parts
}
