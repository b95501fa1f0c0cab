import { clerkEvent, startClerkApi } from '@clerk-sync/testing'
import { build, openBrowser } from '@examples/testing'
import { afterAll, describe, expect, it, onTestFinished } from 'vitest'
import { invitation, membership, newId, organizationCreated, subscriptionItem } from '../../story/cast.ts'
import { ADMIN, MEMBER, writeStory } from '../../story/story.ts'
import { type Application, cwd, startApplication } from '../application.ts'
import { writeDeletes } from '../deletes.ts'
import { shuffledFrom } from '../shuffled.ts'
import { look } from './look.ts'

const DAY_MS = 86_400_000
/** The application's own, without what the library keeps. */
const TABLES = [
  'users',
  'organizations',
  'organization_memberships',
  'organization_invitations',
  'roles',
  'subscription_items',
  'activity',
]
/** Open pages look every two seconds. */
const FOLLOWS = { timeout: 20_000 }
// Old enough that a page shows days, which stay the same while the test runs.
const story = writeStory(Date.now() - 20 * DAY_MS, DAY_MS)
const { people, organizations, before, steps } = story
const { ada, alan, grace, katherine } = people
const everything = [before, ...steps.map(({ events }) => events)].flat()

const clerk = await startClerkApi()
const env = { DEMO: '1', CLERK_API_URL: clerk.url, CLERK_SECRET_KEY: clerk.secretKey }
await build(cwd, ['node_modules/.bin/next', 'build'], { NEXT_TELEMETRY_DISABLED: '1' })
/** With all of the story. */
const application = await startApplication('example_b2b', env)
await application.deliver(everything)
const browser = await openBrowser()
afterAll(async () => {
  await browser.close()
  await application.close()
  await clerk.close()
})

const list = '/organizations'
const engines = `/organizations/${organizations.engines.slug}`
const as = (path: string, { id }: { readonly id: string }) => `${path}?as=${id}`

it('a member is invited, joins, is made an admin, leaves and comes back, the plan changes: open pages follow', async () => {
  const application = await startApplication('example_b2b_story', env)
  onTestFinished(application.close)
  /** Sends what happens in a step; the pages that are open are not loaded again. */
  const happens = async (what: string) => {
    const step = steps.find((one) => one.what === what)
    if (!step) throw new Error(`Nothing in the story is called "${what}".`)
    await application.deliver(step.events)
  }
  await application.deliver(before)
  const adas = await look(browser, application, as(engines, ada))
  expect(await adas.page.getByRole('heading', { level: 1 }).textContent()).toBe('Analytical Engines')
  expect(await adas.textsOf('Members')).toEqual([
    expect.stringMatching(new RegExp(`^AL Ada Lovelace you ${ada.email} Admin joined \\d+ \\w+ \\d{4}$`)),
    expect.stringMatching(new RegExp(`^AT Alan Turing ${alan.email} Member joined \\d+ \\w+ \\d{4}$`)),
  ])
  expect(await adas.textsOf('Plan')).toEqual(['Free No charge without an end active'])
  expect(await adas.lately()).toEqual([
    'Alan Turing joined as Member',
    'The plan is Free',
    'Ada Lovelace joined as Admin',
  ])

  await happens('Ada invites Grace')
  await expect
    .poll(() => adas.textsOf('Invitations'), FOLLOWS)
    .toEqual([expect.stringContaining(`${grace.email} as Member`)])
  expect((await adas.textsOf('Invitations'))[0]).toMatch(/pending$/)
  expect((await application.get(as(engines, grace))).status).toBe(404)

  await happens('Grace signs up and joins')
  await adas.part('Members').getByText('Grace Hopper').waitFor()
  expect((await adas.textsOf('Invitations'))[0]).toMatch(/accepted$/)
  // A member sees neither who was invited nor what is paid.
  const graces = await look(browser, application, as(engines, grace))
  expect(await graces.part('Members').getByText('Grace Hopper you').count()).toBe(1)
  expect(await graces.part('Invitations').count()).toBe(0)
  expect(await graces.textsOf('Plan')).toEqual(['Free without an end active'])
  expect(await graces.lately()).toEqual([
    'Grace Hopper joined as Member',
    'Alan Turing joined as Member',
    'The plan is Free',
    'Ada Lovelace joined as Admin',
  ])

  await happens('Grace becomes an admin')
  await graces.part('Invitations').waitFor()
  expect((await graces.lately())[0]).toBe('Grace Hopper changed from Member to Admin')

  await happens('the plan changes from Free to Pro')
  await graces.part('Plan').getByText('Pro').waitFor()
  expect(await graces.textsOf('Plan')).toEqual([
    expect.stringMatching(/^Pro \$20\.00 per month renews on .+ \d{4} active$/),
  ])
  expect((await graces.lately())[0]).toBe('The plan changed from Free to Pro')

  await happens('Grace leaves')
  // At once: the page is not there for her from the answer to the delivery on.
  expect((await application.get(as(engines, grace))).status).toBe(404)
  await graces.page.getByText('There is nothing here').waitFor()
  expect(await graces.page.getByText('Analytical Engines').count()).toBe(0)
  await expect.poll(() => adas.part('Members').getByText('Grace Hopper').count(), FOLLOWS).toBe(0)

  await happens('Grace comes back')
  await graces.part('Members').getByText('Grace Hopper').waitFor()
  expect((await adas.textsOf('Members')).filter((text) => text.includes('Grace'))).toEqual([
    expect.stringMatching(/^GH Grace Hopper .+ Member joined /),
  ])

  await happens('Pro is canceled, and lasts until its period ends')
  await adas.part('Plan').getByText('canceled').waitFor()
  expect(await adas.textsOf('Plan')).toEqual([
    expect.stringMatching(/^Pro \$20\.00 per month ends on .+ \d{4} canceled$/),
  ])
  const told = [
    'Pro was canceled, and lasts until its period ends',
    'Grace Hopper came back as Member',
    'Grace Hopper left',
    'The plan changed from Free to Pro',
    'Grace Hopper changed from Member to Admin',
    'Grace Hopper joined as Member',
    `${grace.email} was invited as Member`,
    'Alan Turing joined as Member',
    'The plan is Free',
    'Ada Lovelace joined as Admin',
  ]
  expect(await adas.lately()).toEqual(told)

  // All of it once more: nothing happens twice.
  await application.deliver(everything)
  await adas.page.reload()
  expect(await adas.lately()).toEqual(told)
  expect(adas.complaints).toEqual([])
})

it('pleases on a phone and on a desk, by day and by night', async () => {
  for (const [name, path, person] of [
    ['organization', engines, ada],
    ['organizations', list, ada],
    ['people', '/', ada],
    ['nothing', engines, katherine],
  ] as const) {
    const { page, screenshot } = await look(browser, application, as(path, person))
    for (const [size, width, height] of [
      ['desk', 1180, 900],
      ['phone', 390, 844],
    ] as const) {
      await page.setViewportSize({ width, height })
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme })
        await screenshot(`b2b-${name}-${size}-${colorScheme}`)
      }
      expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth'), `${name}, ${size}`).toBe(true)
    }
  }
})

it('lists the organizations of who looks, with plan, role and number of members, and leads to each', async () => {
  const { page } = await look(browser, application, as(list, ada))
  const tiles = page.getByRole('main').getByRole('listitem')
  expect((await tiles.allInnerTexts()).map((text) => text.replaceAll(/\s+/g, ' '))).toEqual([
    'AE Analytical Engines 3 members · Admin Pro',
    'DL Difference Labs 2 members · Member Team',
  ])
  await page.getByText('Difference Labs').click()
  await page.getByRole('heading', { level: 1, name: 'Difference Labs' }).waitFor()
})

it('asks the database for each page, and Clerk for none', async () => {
  const paths = ['/', as(list, ada), as(engines, ada)]
  const statuses = async () => Promise.all(paths.map(async (path) => (await application.get(path)).status))
  expect(await statuses()).toEqual([200, 200, 200])
  await application.database.away()
  onTestFinished(application.database.back)
  expect(await statuses()).toEqual([500, 500, 500])
  expect(clerk.requests).toEqual([])
})

describe('who is no member', () => {
  it('gets the answer of an organization that is not there: 404, and nothing of it', async () => {
    const [foreign, unknown] = [
      await application.get(as(engines, katherine)),
      await application.get(as('/organizations/nothing-at-all', katherine)),
    ]
    expect([foreign.status, unknown.status]).toEqual([404, 404])
    expect(foreign.html).not.toMatch(/Analytical Engines|Lovelace|Pro\b/)
    expect((await application.get(engines)).status).toBe(404)
    expect((await application.get(`${engines}?as=${ada.id}&as=${ada.id}`)).status).toBe(404)
    expect((await application.get(as(engines, { id: organizations.engines.id }))).status).toBe(404)
  })

  it('cannot say to be somebody, unless the demo is meant', async () => {
    const real = await startApplication('example_b2b_real', {})
    onTestFinished(real.close)
    await real.deliver(before)
    for (const path of [list, engines]) expect((await real.get(as(path, ada))).status).toBe(404)
    expect((await real.get('/')).html).not.toContain('Lovelace')
  })
})

it('amounts are in the minor unit of their currency, a plan may begin later, an invitation expires without an event', async () => {
  const organization = { id: newId('org'), name: 'Money', slug: 'money' }
  const id = newId('orgmem')
  const since = Date.now() - 31 * DAY_MS
  await application.deliver([
    organizationCreated(organization, since),
    membership('created', { id, organization, person: katherine, role: ADMIN, since }, since),
  ])
  const item = (
    status: 'active' | 'upcoming',
    name: string,
    amount: number,
    currency: string,
    period: 'month' | 'annual' = 'month',
  ) => {
    const plan = { name, amount, currency }
    return subscriptionItem(status, { id: newId('csub_item'), organization, plan, period }, Date.now())
  }
  const old = { id: newId('orginv'), organization, email: 'late@example.com', role: MEMBER, since }
  await application.deliver([
    item('active', 'Nothing', 0, 'AUD'),
    item('active', 'Yearly', 1_000, 'JPY', 'annual'),
    item('active', 'Yen', 2_000, 'JPY'),
    item('active', 'Dinar', 1_500, 'KWD'),
    item('upcoming', 'Dollar', 900_000, 'USD'),
    invitation('created', old, since),
  ])
  const { page, textsOf } = await look(browser, application, as('/organizations/money', katherine))
  expect((await textsOf('Plan')).map((text) => text.replaceAll(/ \d+ \w+ \d{4}/g, ''))).toEqual([
    'Yen ¥2,000 per month renews on active',
    'Yearly ¥12,000 per year renews on active',
    'Dinar KWD 1.500 per month renews on active',
    'Nothing No charge without an end active',
    'Dollar $9,000.00 per month begins on upcoming',
  ])
  // By its title, the organization's plan is the dearest by month of those that it has now.
  expect(await page.locator('.title .badge').allInnerTexts()).toEqual(['Yen'])
  expect(await textsOf('Invitations')).toEqual([expect.stringMatching(/^late@example\.com .* expired$/)])
})

it('says a role whose event has not come by its key, and a plan without a name as well', async () => {
  const organization = { id: newId('org'), name: 'Early', slug: 'early' }
  const since = Date.now() - 20 * DAY_MS
  const guest = { id: 'role_guest', key: 'org:guest', name: 'Guest', permissions: [] }
  const joined = { id: newId('orgmem'), organization, person: alan, role: guest, since: since + 1_000 }
  const plan = (type: 'subscriptionItem.active' | 'subscriptionItem.canceled', after: number) =>
    clerkEvent(
      type,
      { id: 'csub_item_early', plan: null, payer: { user_id: '', organization_id: organization.id } },
      { timestamp: since + after },
    )
  await application.deliver([
    organizationCreated(organization, since),
    membership('created', { ...joined, id: newId('orgmem'), person: katherine, role: ADMIN, since }, since),
    membership('created', joined, since + 1_000),
    membership('updated', { ...joined, role: MEMBER }, since + 2_000),
    membership('updated', joined, since + 3_000),
    plan('subscriptionItem.active', 4_000),
    plan('subscriptionItem.canceled', 5_000),
  ])
  const { textsOf, lately } = await look(browser, application, as('/organizations/early', katherine))
  expect((await textsOf('Members'))[1]).toMatch(/ guest joined /)
  expect(await lately()).toEqual([
    'The plan was canceled, and lasts until its period ends',
    'The plan is one without a name',
    'Alan Turing changed from Member to guest',
    'Alan Turing changed from guest to Member',
    'Alan Turing joined as guest',
    'Katherine Johnson joined as Admin',
  ])
})

it('counts all open invitations, and shows the latest', async () => {
  const organization = { id: newId('org'), name: 'Growing', slug: 'growing' }
  const since = Date.now() - DAY_MS
  const id = newId('orgmem')
  const invited = Array.from({ length: 12 }, (_, n) => ({
    id: newId('orginv'),
    organization,
    email: `guest-${n}@example.com`,
    role: MEMBER,
    since: since + n,
  }))
  const expired = { id: newId('orginv'), organization, email: 'late@example.com', role: MEMBER, since: 0 }
  await application.deliver([
    organizationCreated(organization, since),
    membership('created', { id, organization, person: katherine, role: ADMIN, since }, since),
    ...invited.map((one) => invitation('created', one, one.since)),
    ...invited.slice(0, 1).map((one) => invitation('accepted', one, since + 100)),
    invitation('created', expired, since),
  ])
  const { part, textsOf } = await look(browser, application, as('/organizations/growing', katherine))
  expect(await part('Invitations').getByRole('heading').textContent()).toBe('Invitations 11 open')
  const latest = (await textsOf('Invitations')).map((text) => text.split(' ')[0])
  expect(latest).toEqual([11, 10, 9, 8, 7, 6, 5, 4].map((n) => `guest-${n}@example.com`))
})

it('who is deleted goes from every page, by name as well, and a deleted organization takes all of its own along', async () => {
  const { people, organizations, before } = writeStory(Date.now(), 1_000)
  const page = as(`/organizations/${organizations.engines.slug}`, people.ada)
  await application.deliver([...before, clerkEvent('user.deleted', { id: people.alan.id })])
  const { textsOf, lately } = await look(browser, application, page)
  expect(await textsOf('Members')).toEqual([expect.stringContaining('Ada Lovelace')])
  expect((await lately())[0]).toMatch(/^Somebody who is gone joined as Member/)

  await application.deliver([clerkEvent('organization.deleted', { id: organizations.engines.id })])
  expect((await application.get(page)).status).toBe(404)
  const { html } = await application.get(as(list, people.ada))
  expect(html).toContain('Difference Labs')
  expect(html).not.toContain('Analytical Engines')
})

it('in any order, and each of them twice, the deliveries end in the same pages and the same rows', async () => {
  const other = await startApplication('example_b2b_shuffled', env)
  onTestFinished(other.close)
  const deleted = writeDeletes(Date.now() - 12 * DAY_MS, { admin: ada, organization: organizations.engines })
  const history = [...everything, ...deleted.events]
  const pages = [
    ...[ada, alan, grace].flatMap((person) => [as(list, person), as(engines, person)]),
    as(`/organizations/${deleted.organization.slug}`, ada),
    as(list, deleted.user),
  ]
  const seen = async ({ get }: Application) => {
    const texts: string[] = []
    for (const path of pages) {
      const { status, html } = await get(path)
      texts.push(`${status} ${/<main.*<\/main>/s.exec(html)?.[0]}`)
    }
    return texts
  }
  const rows = async () => {
    const tables: (readonly [table: string, rows: Awaited<ReturnType<typeof other.database.query>>])[] = []
    for (const table of TABLES) tables.push([table, await other.database.query(`select * from ${table} order by 1`)])
    return tables
  }
  await other.deliver(history)
  const expected = { pages: await seen(other), rows: await rows() }
  expect(expected.pages[1]).toContain('The plan changed from Free to Pro')
  expect(expected.pages[1]).toContain('Somebody who is gone came back as Member')
  expect(expected.pages[6]).toMatch(/^404 /)
  // What belongs to them went with them; what happened in them stays.
  const left = expected.rows.flatMap(([table, rows]) => {
    const ids = [deleted.user.id, deleted.organization.id]
    const mentions = rows.filter((row) => Object.values(row).some((value) => ids.includes(String(value))))
    return mentions.map((row) => `${table} ${row.kind}`)
  })
  expect(left.sort()).toEqual(
    ['invited', 'joined', 'joined', 'joined', 'joined', 'left', 'plan', 'role'].map((kind) => `activity ${kind}`),
  )
  const seed = Number(process.env.CLERK_SYNC_SEED ?? Date.now() % 1_000_000)
  for (let n = 0; n < 4; n++) {
    await other.database.query(`truncate ${TABLES.join()}, clerk_events, clerk_versions`)
    await other.deliver(shuffledFrom(seed + n, [...history, ...history]))
    expect({ pages: await seen(other), rows: await rows() }, `CLERK_SYNC_SEED=${seed + n}`).toEqual(expected)
  }
}, 180_000)
