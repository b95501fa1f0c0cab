import { openBrowser } from '@examples/testing'
import { afterAll, expect, it } from 'vitest'
import * as clerk from '../../src/clerk.ts'
import { emptyDatabase } from '../support/databases.ts'
import { endAll, SECRET, serve } from '../support/process.ts'

const database = await emptyDatabase('SQLite')
const server = await serve({ DATABASE_URL: database.url })
const browser = await openBrowser()
afterAll(async () => {
  await browser.close()
  endAll()
  await database.remove()
})

it('a delivery arrives and the page follows: a new user, a new name and picture, and no user', async () => {
  const opened = await browser.open(server.url, { width: 1100, height: 900 })
  const { page, complaints } = opened
  await page.getByText('Nobody is here yet').waitFor()

  const ada = { id: clerk.newId('user'), firstName: 'Ada', lastName: 'Lovelace', email: 'ada@example.com' }
  const start = Date.now() - 60_000
  const signUp = clerk.userEvent('user.created', ada, start)
  const imageOf = ({ body }: clerk.Message): string => JSON.parse(body).data.image_url
  expect(await deliver(signUp)).toBe('created')
  const card = page.locator('#users > li').filter({ hasText: 'ada@example.com' })
  await card.getByText('Ada Lovelace').waitFor()
  await pictureFrom(imageOf(signUp))

  const king = clerk.userEvent('user.updated', { ...ada, lastName: 'King' }, start + 1_000)
  const picture = 'https://img.clerk.com/new'
  const body = king.body.replace(imageOf(king), picture)
  expect(await deliver({ ...king, body })).toBe('updated')
  await card.getByText('Ada King').waitFor()
  await pictureFrom(picture)
  expect(await deliver(king)).toBe('unchanged')

  const [grace, alan] = [
    { id: clerk.newId('user'), firstName: 'Grace', lastName: 'Hopper', email: 'grace@example.com' },
    { id: clerk.newId('user'), firstName: 'Alan', lastName: 'Turing', phoneNumber: '+442079460000' },
  ]
  const organization = { id: clerk.newId('org'), name: 'Analytical Engines', createdBy: ada.id }
  await deliver(clerk.userEvent('user.created', grace, start))
  await deliver(clerk.userEvent('user.created', alan, start))
  await deliver(clerk.organizationEvent('organization.created', organization, start))
  for (const [person, role] of [
    [ada, 'org:admin'],
    [grace, 'org:member'],
  ] as const) {
    const membership = { id: clerk.newId('orgmem'), organization, person, role }
    await deliver(clerk.membershipEvent('organizationMembership.created', membership, start))
  }
  await page.getByText('Grace Hopper, member').waitFor()
  expect(await deliver(clerk.deletedEvent('user.deleted', alan.id, start + 2_000))).toBe('deleted')
  await page.getByText('Deleted user').waitFor()
  expect(await page.getByText('Alan').count()).toBe(0)
  await opened.screenshot('quickstart')
  await page.emulateMedia({ colorScheme: 'dark' })
  await opened.screenshot('quickstart-dark')
  await page.setViewportSize({ width: 390, height: 900 })
  await opened.screenshot('quickstart-phone')
  expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true)

  expect(await deliver(clerk.deletedEvent('user.deleted', ada.id, start + 2_000))).toBe('deleted')
  await page.locator('#users > li', { hasText: 'Ada King' }).waitFor({ state: 'detached' })
  expect(complaints).toEqual([])

  async function pictureFrom(address: string) {
    const isShown = `[...document.querySelectorAll('#users img')].some((one) => one.src === ${JSON.stringify(address)} && one.naturalWidth > 0)`
    // Not waitForFunction(): its second look is an eval by the page, which the page's Content-Security-Policy forbids.
    await expect.poll(() => page.evaluate(isShown), { timeout: 10_000 }).toBe(true)
  }
})

async function deliver(message: clerk.Message): Promise<string> {
  return (await clerk.deliver(message, `${server.url}/api/webhooks/clerk`, SECRET)).said
}
