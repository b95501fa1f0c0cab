// Everything that is shown is set as text, never as markup: names are what users typed.
const SHOWN = 200
const REMEMBERED = 15
const POLL_MS = 5_000

/** @param {string} id @returns {HTMLElement} */
const byId = (id) => /** @type {HTMLElement} */ (document.getElementById(id))

/** @param {string} tag @param {string} [className] @param {string} [text] */
function make(tag, className = '', text = '') {
  const element = document.createElement(tag)
  element.className = className
  element.textContent = text
  return element
}

const read = async (name) => {
  const response = await fetch(`/api/${name}`)
  if (!response.ok) throw new Error(`${name}: ${response.status}`)
  return response.text()
}

/** What was read last, and the versions that were shown, to tell what is fresh. */
let before
let known

async function refresh() {
  const texts = await Promise.all(['users', 'organizations', 'memberships', 'tombstones', 'welcomes'].map(read))
  if (texts.join() === before) return
  before = texts.join()
  const [users, organizations, memberships, tombstones, welcomes] = texts.map((text) => JSON.parse(text))
  counts({
    users: users.filter((user) => !user.deletedAt).length,
    deleted: tombstones.filter(({ id }) => id.startsWith('user_')).length,
    welcomes: welcomes.length,
    organizations: organizations.filter((organization) => !organization.deletedAt).length,
  })

  // The latest change first, where the rows have versions; those of deletes are above all others, and they go last.
  const compare = (a = '', b = '') => (a < b ? -1 : a > b ? 1 : 0)
  const order = (a, b) => Boolean(a.deletedAt) - Boolean(b.deletedAt) || compare(b.clerkVersion, a.clerkVersion)
  const welcomed = new Set(welcomes.map(({ userId }) => userId))
  const cards = users
    .toSorted(order)
    .slice(0, SHOWN)
    .map((user) => userCard(user, welcomed.has(user.id)))
  byId('users').replaceChildren(...cards)
  byId('empty').hidden = users.length > 0
  byId('more').hidden = users.length <= SHOWN
  byId('more').textContent = `and ${users.length - SHOWN} more`

  byId('organizations-section').hidden = organizations.length === 0
  byId('organizations').replaceChildren(
    ...organizations
      .toSorted(order)
      .slice(0, SHOWN)
      .map((organization) => {
        const of = memberships.filter((one) => one.organizationId === organization.id)
        return organizationCard(organization, of, users)
      }),
  )
  known = new Map([...users, ...organizations].map(({ id, clerkVersion }) => [id, clerkVersion]))
}

function counts(numbers) {
  const pairs = Object.entries(numbers).map(([name, number]) => {
    const pair = make('div')
    pair.append(make('dt', '', name), make('dd', '', number.toLocaleString('en')))
    return pair
  })
  byId('counts').replaceChildren(...pairs)
}

function userCard(user, welcomed) {
  const badges = user.deletedAt
    ? [['bad', `deleted ${new Date(user.deletedAt).toLocaleString()}`]]
    : [
        user.banned ? ['bad', 'banned'] : user.locked ? ['bad', 'locked'] : ['good', 'active'],
        ...(user.email && !user.emailVerified ? [['', 'e-mail not verified']] : []),
      ]
  if (welcomed) badges.push(['accent', 'welcomed'])
  const name = user.fullName ?? user.username ?? (user.deletedAt ? 'Deleted user' : 'No name')
  const contact = user.email ?? user.phoneNumber ?? user.id
  return card(user, name, contact, badges)
}

function organizationCard(organization, memberships, users) {
  const userOf = (id) => users.find((one) => one.id === id)
  const nameOf = (id) => {
    const user = userOf(id)
    return user ? (user.fullName ?? user.email ?? user.phoneNumber ?? 'no name') : 'somebody not here yet'
  }
  // A membership outlives its user in the table; it counts while both are there.
  const live = memberships.filter((one) => !one.deletedAt && !userOf(one.userId)?.deletedAt)
  const badges = live.slice(0, 12).map(({ userId, role }) => ['', `${nameOf(userId)}, ${role.replace(/^org:/, '')}`])
  if (organization.deletedAt) badges.unshift(['bad', 'deleted'])
  return card(organization, organization.name ?? 'Deleted organization', organization.slug ?? organization.id, badges)
}

function card(row, name, contact, badges) {
  const item = make('li', row.deletedAt ? 'deleted' : '')
  if (known && known.get(row.id) !== row.clerkVersion) item.classList.add('fresh')
  const about = make('div', 'about')
  const list = make('div', 'badges')
  list.append(...badges.map(([tone, text]) => make('span', `badge ${tone}`, text)))
  const contactClass = contact === row.id ? 'contact id' : 'contact'
  about.append(make('p', 'name', name), make('p', contactClass, contact), list)
  item.append(picture(row, name), about)
  return item
}

/** Initials, and the picture over them once it has loaded. */
function picture({ id, imageUrl, deletedAt }, name) {
  const words = name.trim().split(/\s+/)
  const initials = [words[0], words.length > 1 ? words.at(-1) : ''].map((word) => [...(word ?? '')][0] ?? '').join('')
  const frame = make('div', 'picture', deletedAt ? '–' : initials.toUpperCase())
  frame.ariaHidden = 'true'
  const hue = [...id].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 360, 7)
  frame.style.setProperty('--hue', String(hue))
  if (imageUrl?.startsWith('https://')) {
    const image = document.createElement('img')
    image.alt = ''
    image.loading = 'lazy'
    image.addEventListener('error', () => image.remove())
    image.src = imageUrl
    frame.append(image)
  }
  return frame
}

function showDelivery({ at, status, said, type, entityId }) {
  const item = make('li', status < 300 ? 'good' : 'bad')
  const time = make('time', '', new Date(at).toLocaleTimeString('en-GB'))
  time.setAttribute('datetime', at)
  item.append(time, make('span', 'said', `${status} ${said}`), make('span', 'type', type ?? 'not genuine'))
  item.append(make('span', 'id', entityId ?? ''))
  byId('deliveries').prepend(item)
  while (byId('deliveries').children.length > REMEMBERED) byId('deliveries').lastElementChild?.remove()
  byId('silence').hidden = true
}

function showState(state, text) {
  if (byId('live').dataset.state === state) return
  byId('live').dataset.state = state
  byId('live').textContent = text
}

let refreshing = false
let asked = false

/** One at a time, and once more if something came in meanwhile. */
async function ask() {
  asked = true
  if (refreshing) return
  refreshing = true
  try {
    while (asked) {
      asked = false
      await refresh()
    }
  } catch {
    showState('away', 'the server does not answer')
  } finally {
    refreshing = false
  }
}

const events = new EventSource('/api/events')
events.addEventListener('hello', () => {
  byId('deliveries').replaceChildren()
  byId('silence').hidden = false
  showState('live', 'live')
  ask()
})
events.addEventListener('message', ({ data }) => {
  showDelivery(JSON.parse(data))
  ask()
})
events.addEventListener('error', () => showState('away', 'the server is away'))

// Other processes may write to the same database.
setInterval(ask, POLL_MS)
