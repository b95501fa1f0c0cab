import { deliveryItem } from './delivery.js'
import { byId, note } from './dom.js'
import { showFindings, showLetters, showScenarios, showTables } from './panels.js'
import { post, read } from './server.js'

const SHOWN = 200
/** Tables are counted once it has been quiet for so long, in ms. */
const QUIET_MS = 800

const { module, adapter, route, folders, maySend, scenarios } = await read('state')
byId('application').textContent = `${module} · ${adapter} · ${route}`
byId('folders').textContent = folders.join(' or ')
const send = maySend ? sendAndTell : undefined
showScenarios(scenarios, route, send)

async function sendAndTell(wish) {
  note('sent', 'Sending …')
  try {
    const { sent, failed, problems } = await post('send', wish)
    note('sent', [`${sent} sent, ${failed} refused.`, ...problems].join('\n'))
  } catch (error) {
    note('sent', error.message)
  }
  refreshSoon()
}

async function refresh() {
  // One of the two may be away.
  const [tables, letters] = await Promise.allSettled([read('tables'), read('letters')])
  if (tables.status === 'fulfilled') showTables(tables.value)
  else note('tables-note', tables.reason.message)
  if (letters.status === 'fulfilled') showLetters(letters.value, adapter, send)
  else note('letters-note', letters.reason.message)
}

let timer
function refreshSoon() {
  clearTimeout(timer)
  timer = setTimeout(refresh, QUIET_MS)
}

/** The delivery of each item of the list. */
const shown = new WeakMap()

const isBefore = (one, other) => one.at < other.at || (one.at === other.at && one.number <= other.number)

function show(delivery) {
  const item = deliveryItem(delivery, send)
  // One that waited for its row may come after those that were done after it.
  const older = [...byId('deliveries').children].find((other) => isBefore(shown.get(other), delivery)) ?? null
  byId('deliveries').insertBefore(item, older)
  shown.set(item, delivery)
  while (byId('deliveries').children.length > SHOWN) byId('deliveries').lastElementChild?.remove()
  applyFilter()
  return item
}

function applyFilter() {
  const { value } = /** @type {HTMLSelectElement} */ (byId('filter'))
  const items = /** @type {HTMLElement[]} */ ([...byId('deliveries').children])
  for (const item of items) item.hidden = value !== 'all' && item.dataset.kind !== value
  byId('silence').hidden = items.length > 0
  byId('filtered').hidden = items.length === 0 || items.some(({ hidden }) => !hidden)
}
byId('filter').addEventListener('change', applyFilter)

byId('count').addEventListener('click', refresh)

byId('examine').addEventListener('click', async () => {
  const run = /** @type {HTMLButtonElement} */ (byId('examine'))
  run.disabled = true
  note('doctor-note', 'Looking …')
  try {
    showFindings(await post('doctor'))
  } catch (error) {
    note('doctor-note', error.message)
  }
  run.disabled = false
})

function showState(state, text) {
  byId('live').dataset.state = state
  byId('live').textContent = text
}

const events = new EventSource('events')
events.addEventListener('hello', ({ data }) => {
  byId('deliveries').replaceChildren()
  for (const delivery of JSON.parse(data)) show(delivery)
  applyFilter()
  showState('live', 'live')
  refresh()
})
events.addEventListener('message', ({ data }) => {
  show(JSON.parse(data)).classList.add('fresh')
  refreshSoon()
})
events.addEventListener('error', () => showState('away', 'clerk-sync dev has ended'))
