import { openBrowser } from '@examples/testing'
import { afterAll, expect, it } from 'vitest'
import { deliverDelete, deliverUser } from '../clerk.ts'
import { startExample } from '../example.ts'

const { server, database } = await startExample('example_netlify_page')
const browser = await openBrowser()
afterAll(() => browser.close())

const ada = { id: 'user_Ada', username: 'ada', firstName: 'Ada', lastName: 'Lovelace' }
const others = [
  { id: 'user_Grace', username: 'grace', firstName: 'Grace', lastName: 'Hopper' },
  { id: 'user_Zofia', username: null, firstName: 'Zofia', lastName: 'Żółkiewska' },
  { id: 'user_Alan', username: 'enigma', firstName: 'Alan', lastName: 'Turing' },
]
const blocks: readonly [type: string, label: string, url: string][] = [
  ['link', 'Notes on the Analytical Engine', 'https://example.com/notes'],
  ['code', 'The first program', 'https://example.com/code'],
  ['video', 'A talk about Bernoulli numbers', 'https://example.com/talk'],
  ['mail', 'Write to me', 'mailto:ada@example.com'],
]

it('a delivery arrives and the page follows, from the first profile to its end', async () => {
  const opened = await browser.open(server.url)
  const { page, complaints } = opened
  await page.getByText('Nobody is here yet').waitFor()

  await deliverUser(server.url, 'user.created', ada)
  const profile = page.locator('article')
  await profile.getByRole('heading', { name: 'Ada Lovelace' }).waitFor()
  await pictureFrom('https://img.clerk.com/user_Ada')

  await deliverUser(server.url, 'user.updated', { ...ada, lastName: 'King', imageUrl: 'https://img.clerk.com/new' })
  await profile.getByRole('heading', { name: 'Ada King' }).waitFor()
  await pictureFrom('https://img.clerk.com/new')

  for (const person of others) await deliverUser(server.url, 'user.created', person)
  await database.query(
    'update users set tagline = ? where clerk_id = ?',
    'Poetical science, and engines that weave algebra',
    ada.id,
  )
  for (const block of blocks) await addBlock(...block)
  await page.getByRole('link', { name: 'Ada King' }).click()
  await profile.getByRole('link', { name: 'Write to me' }).waitFor()
  await page.getByRole('link', { name: 'Alan Turing' }).waitFor()
  await opened.screenshot('links')
  await page.emulateMedia({ colorScheme: 'dark' })
  await opened.screenshot('links-dark')
  await page.emulateMedia({ colorScheme: 'light' })
  await page.setViewportSize({ width: 390, height: 760 })
  await opened.screenshot('links-phone')
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true)

  await addBlock('link', 'Never a link', 'javascript:alert(1)')
  const refused = profile.getByText('Never a link')
  expect(await refused.evaluate((element) => element.closest('a')?.href)).toBe('')

  await deliverDelete(server.url, ada.id)
  await page.getByText('This profile is gone.').waitFor()
  expect(await page.getByText('Ada').count()).toBe(0)
  expect(complaints).toEqual([])

  async function addBlock(...block: (typeof blocks)[number]) {
    await database.query('insert into blocks (user_id, type, label, url) values (?, ?, ?, ?)', ada.id, ...block)
  }

  async function pictureFrom(address: string) {
    await page.waitForFunction((source) => {
      const image = document.querySelector<HTMLImageElement>('article img')
      return image?.src === source && image.complete && image.naturalWidth > 0
    }, address)
  }
})
