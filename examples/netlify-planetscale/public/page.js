// Everything that is shown is set as text, never as markup: it is what users typed.
const POLL_MS = 2_000

/** @typedef {{ id: number, username: string | null, displayName: string | null, imageUrl: string | null, tagline: string | null }} Profile */
/** @typedef {{ type: string, label: string, url: string }} Block */

/** Lines to draw, in a square of 24. @type {Record<string, string>} */
const ICONS = {
  link: 'M10 14a5 5 0 0 0 7 0l3-3a5 5 0 0 0-7-7l-1 1 M14 10a5 5 0 0 0-7 0l-3 3a5 5 0 0 0 7 7l1-1',
  code: 'M8 7l-5 5 5 5 M16 7l5 5-5 5 M13.5 5l-3 14',
  mail: 'M3 6h18v12H3z M3 7l9 7 9-7',
  music: 'M9 18V5l11-2v13 M9 18a3 3 0 1 1-6 0 3 3 0 0 1 6 0z M20 16a3 3 0 1 1-6 0 3 3 0 0 1 6 0z',
  shop: 'M5 8h14l1 13H4z M8.5 10V7a3.5 3.5 0 0 1 7 0v3',
  video: 'M3 5h18v14H3z M10 9l5 3-5 3z',
}

/** @param {string} id @returns {HTMLElement} */
const byId = (id) => /** @type {HTMLElement} */ (document.getElementById(id))

/** @param {string} tag @param {string} [className] @param {(Node | string)[]} children */
function make(tag, className = '', ...children) {
  const element = document.createElement(tag)
  element.className = className
  element.append(...children)
  return element
}

/** @param {Profile} profile */
const nameOf = ({ displayName, username }) => displayName ?? username ?? 'Somebody'

/** The initial, and the picture over it once it has loaded. @param {Profile} profile */
function picture(profile) {
  const frame = make('span', 'picture', [...nameOf(profile)][0] ?? '')
  frame.ariaHidden = 'true'
  frame.style.setProperty('--hue', String((profile.id * 67) % 360))
  if (profile.imageUrl) {
    const image = document.createElement('img')
    image.alt = ''
    image.addEventListener('error', () => image.remove())
    image.src = profile.imageUrl
    frame.append(image)
  }
  return frame
}

/** @param {Profile} profile @param {number | undefined} shown */
function listed(profile, shown) {
  const link = make('a', '', picture(profile), make('span', 'name', nameOf(profile)))
  if (profile.username) link.append(make('span', 'quiet', `@${profile.username}`))
  link.setAttribute('href', `#${profile.id}`)
  if (profile.id === shown) link.ariaCurrent = 'page'
  return make('li', '', link)
}

/** @param {Block} block */
function button({ type, label, url }) {
  const link = make('a', 'block', icon(ICONS[type] ?? ICONS.link ?? ''), make('span', '', label))
  // A link like javascript: would run in this page.
  if (/^(https?|mailto):/i.test(url)) link.setAttribute('href', url)
  link.setAttribute('rel', 'noopener nofollow ugc')
  return make('li', '', link)
}

/** @param {string} lines */
function icon(lines) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg')
  svg.setAttribute('viewBox', '0 0 24 24')
  const path = document.createElementNS('http://www.w3.org/2000/svg', 'path')
  path.setAttribute('d', lines)
  svg.append(path)
  return svg
}

/** @param {Profile & { blocks: Block[] }} profile */
function card(profile) {
  const parts = [picture(profile), make('h2', '', nameOf(profile))]
  if (profile.username) parts.push(make('p', 'quiet', `@${profile.username}`))
  if (profile.tagline) parts.push(make('p', 'tagline', profile.tagline))
  const blocks = make('ul', 'blocks', ...profile.blocks.map(button))
  return make('article', '', ...parts, profile.blocks.length > 0 ? blocks : make('p', 'quiet none', 'No links yet.'))
}

/** What is shown already is left alone: a picture would flicker. */
let before = ''

async function refresh() {
  const profiles = /** @type {Profile[]} */ (await read('/api/profiles'))
  const wanted = Number(location.hash.slice(1)) || profiles[0]?.id
  const shown = profiles.some(({ id }) => id === wanted) ? await read(`/api/profiles/${wanted}`) : undefined
  const now = JSON.stringify([profiles, wanted, shown])
  if (now === before) return
  before = now
  byId('count').textContent = profiles.length === 1 ? '1 person' : `${profiles.length} people`
  byId('profiles').replaceChildren(...profiles.map((profile) => listed(profile, wanted)))
  const nobody =
    profiles.length > 0 ? 'This profile is gone.' : 'Nobody is here yet. Profiles appear as people sign up.'
  byId('profile').replaceChildren(shown ? card(shown) : make('p', 'empty', nobody))
  document.title = shown ? `${nameOf(shown)} · Links` : 'Links'
}

/** @param {string} path @returns {Promise<any>} `undefined` for what is not there */
async function read(path) {
  const response = await fetch(path)
  if (response.status === 404) return undefined
  if (!response.ok) throw new Error(`${path}: ${response.status}`)
  return response.json()
}

async function follow() {
  try {
    if (!document.hidden) await refresh()
  } catch {
    byId('count').textContent = 'The server does not answer.'
    before = ''
  }
  setTimeout(follow, POLL_MS)
}

addEventListener('hashchange', () => void refresh())
follow()
