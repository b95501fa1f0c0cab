// The page of clerk-sync dev, in a browser, beside a server that receives signed deliveries.
import { type ClerkApi, clerkEvent, startClerkApi } from '@clerk-sync/testing'
import { openBrowser } from '@examples/testing'
import { afterAll, expect, onTestFinished, test } from 'vitest'
import { devApplication } from '../support/dev-application.ts'

const browser = await openBrowser()
afterAll(() => browser.close())

/** A browser, a server and two commands start for each, on a machine that may do more at once. */
const SLOW = { timeout: 180_000 }

/** Runs where it is set as markup. */
const MARKUP = '<img src=x onerror="document.title=\'broken into\'"><script>document.title="broken into"</script>'

const clerkSettings = (api: ClerkApi) => ({ CLERK_SECRET_KEY: api.secretKey, CLERK_API_URL: api.url })

const user = (type: 'user.created' | 'user.updated', id: string, data: object, timestamp: number) =>
  clerkEvent(type, { id, updated_at: timestamp, ...data }, { timestamp, seed: id })

test(
  'deliveries are shown as they come: why each ended as it did, the row before and after, what a hook threw',
  SLOW,
  async () => {
    const api = await startClerkApi({ users: 3 })
    onTestFinished(() => api.close())
    const application = devApplication()
    const [dev, server] = await Promise.all([application.dev([], clerkSettings(api)), application.serve()])
    const opened = await browser.open(dev.url, { width: 1240, height: 900 })
    const { page, complaints } = opened
    page.setDefaultTimeout(30_000)
    await page.getByText('No delivery was seen yet').waitFor()
    await page.getByText('Clerk has 3').waitFor()
    await opened.screenshot('dev-empty')

    const start = Date.now() - 60_000
    const item = (text: string) => page.locator('#deliveries > li', { hasText: text }).first()
    const signUp = user('user.created', 'user_ada', { first_name: 'Ada', last_name: 'Lovelace' }, start)
    expect(await server.deliver(signUp)).toBe('created')
    await item('user.created').getByText('created', { exact: true }).waitFor()

    const king = user('user.updated', 'user_ada', { first_name: 'Ada', last_name: 'King' }, start + 5_000)
    expect(await server.deliver(king)).toBe('updated')
    await item('user.updated').locator('summary').first().click()
    await item('user.updated').getByText('The event is newer than what the row held.').waitFor()
    const changed = item('user.updated').locator('tr.differs', { hasText: 'last_name' })
    expect(await changed.locator('td').allTextContents()).toEqual(['Lovelace', 'King'])

    // What is unchanged, and what is stale, says so and why.
    expect(await server.deliver(king)).toBe('unchanged')
    await item('unchanged').locator('summary').first().click()
    await item('unchanged').getByText('The row holds exactly this event: it was stored before.').waitFor()
    const late = user('user.updated', 'user_ada', { first_name: 'Ada', last_name: 'Byron' }, start + 2_000)
    expect(await server.deliver(late)).toBe('stale')
    await item('stale').locator('summary').first().click()
    await item('stale')
      .getByText(/The row was updated at .*, the event is of /)
      .waitFor()
    expect(await server.deliver(signUp)).toBe('duplicate')
    await item('duplicate').waitFor()

    const broken = user('user.created', 'user_broken', { first_name: 'Broken' }, start)
    expect(await server.deliver(broken)).toBe('hook_failed')
    await item('hook_failed').locator('summary').first().click()
    const stack = item('hook_failed').locator('.error pre').first()
    expect(await stack.textContent()).toMatch(
      /Error: There is no template for the welcome mail\n\s+at .*clerk-sync\.ts:\d+/,
    )
    expect(await server.deliver(signUp, `whsec_${btoa('another secret that is no secret')}`)).toBe('signature_mismatch')
    await item('signature_mismatch').getByText('not verified').waitFor()

    expect(await server.deliver(user('user.created', 'user_x', { first_name: MARKUP }, start))).toBe('created')
    await item('user_x').locator('summary').first().click()
    await item('user_x').getByText('<img src=x').first().waitFor()
    expect(await page.title()).toBe('clerk-sync dev')
    await item('user_x').locator('summary').first().click()

    await page.locator('#tables > div', { hasText: 'users' }).getByText('2', { exact: true }).waitFor()
    await page.getByRole('button', { name: 'Run' }).click()
    await page.getByText(/\d+ errors?, \d+ warnings?/).waitFor({ timeout: 60_000 })
    expect(await page.getByRole('button', { name: 'sign-up', exact: true }).isDisabled()).toBe(true)
    await page.evaluate('scrollTo(0, 0)')
    await opened.screenshot('dev')
    await page.emulateMedia({ colorScheme: 'dark' })
    await opened.screenshot('dev-dark')
    await page.setViewportSize({ width: 390, height: 900 })
    await opened.screenshot('dev-phone')
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true)

    await page.locator('#filter').selectOption('failed')
    expect(await page.locator('#deliveries > li:visible .badge').allTextContents()).toEqual([
      'signature_mismatch',
      'hook_failed',
    ])
    // What was seen is there after a reload.
    await page.reload()
    await item('hook_failed').waitFor()
    expect(complaints).toEqual([])
    dev.child.kill('SIGINT')
    await page.getByText('clerk-sync dev has ended').waitFor()
  },
)

test(
  'with --allow-send its buttons send a scenario, a delivery once more, and a dead letter that was mended',
  SLOW,
  async () => {
    const application = devApplication()
    const server = await application.serve({ PARK_AFTER_MS: '1' })
    const dev = await application.dev(['--allow-send', '--url', server.url])
    const opened = await browser.open(dev.url, { width: 1240, height: 900 })
    const { page, complaints } = opened
    page.setDefaultTimeout(30_000)
    await page.getByRole('button', { name: 'late', exact: true }).click()
    await page.getByText('3 sent, 0 refused.').waitFor()
    const badges = page.locator('#deliveries > li .badge')
    await expect.poll(() => badges.allTextContents()).toEqual(['stale', 'updated', 'created'])
    const first = page.locator('#deliveries > li').last()
    await first.locator('summary').first().click()
    await first.getByRole('button', { name: 'Send it again' }).click()
    await expect.poll(() => badges.allTextContents()).toEqual(['duplicate', 'stale', 'updated', 'created'])

    const broken = user('user.created', 'user_broken', { first_name: 'Broken' }, Date.now() - 60_000)
    expect(await server.deliver(broken)).toBe('parked')
    const letter = page.locator('#letters > li')
    await letter.getByText('There is no template for the welcome mail').waitFor()
    await opened.screenshot('dev-send')
    application.mend()
    await letter.getByRole('button', { name: 'Send it again' }).click()
    await letter.waitFor({ state: 'detached' })
    expect(application.query("select first_name from users where id = 'user_broken'")).toEqual([
      { first_name: 'Broken' },
    ])
    expect(complaints).toEqual([])
  },
)
