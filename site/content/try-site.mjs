// The built site in a real browser: what it shows, its search, and pictures of it to be looked at.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { chromium } from 'playwright-core'
import { provideBrowser } from '../../scripts/bare-machine/browser.mjs'
import { root } from '../../scripts/tools.mjs'
import { serveBuilt } from './build-site.mjs'

const SCREENSHOTS = join(root, '.cache/screenshots')
const DESKTOP = { width: 1440, height: 900 }
const PHONE = { width: 390, height: 844 }
const ARGS = ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-sync']

/** @typedef {import('playwright-core').Page} Page */

/** @returns {Promise<string[]>} what is wrong */
export async function trySite() {
  /** @type {string[]} */
  const problems = []
  mkdirSync(SCREENSHOTS, { recursive: true })
  const site = await serveBuilt()
  const browser = await chromium.launch({ executablePath: await provideBrowser({ log: () => {} }), args: ARGS })

  /**
   * @param {string} name of the picture @param {string} path
   * @param {{ colorScheme?: 'dark' | 'light', viewport?: typeof PHONE }} look
   * @param {(page: Page) => Promise<void>} look_at
   */
  async function visit(name, path, { colorScheme = 'light', viewport = DESKTOP }, look_at) {
    const page = await browser.newPage({ colorScheme, viewport, reducedMotion: 'reduce' })
    page.on('pageerror', (error) => problems.push(`${name}: ${error.message}`))
    page.on('console', (line) => line.type() === 'error' && problems.push(`${name}: ${line.text()}`))
    page.on('request', (request) => {
      if (!request.url().startsWith(new URL(site.url).origin)) problems.push(`${name} asks for ${request.url()}`)
    })
    try {
      await page.goto(`${site.url}${path}`, { waitUntil: 'networkidle' })
      await look_at(page)
      await page.screenshot({ path: join(SCREENSHOTS, `site-${name}.png`), animations: 'disabled' })
      const wide = await page.evaluate('document.documentElement.scrollWidth > innerWidth')
      if (wide) problems.push(`${name} is wider than the screen.`)
    } catch (error) {
      await page.screenshot({ path: join(SCREENSHOTS, `site-${name}.png`) })
      problems.push(`${name}: ${error instanceof Error ? error.message : error}`)
    } finally {
      await page.close()
    }
  }

  try {
    for (const colorScheme of /** @type {const} */ (['light', 'dark'])) {
      await visit(`front-${colorScheme}`, '', { colorScheme }, seeConvergence)
      await visit(`front-phone-${colorScheme}`, '', { colorScheme, viewport: PHONE }, seeConvergence)
    }
    await visit('front-again', '', {}, shuffle)
    await visit('framework', 'frameworks/nextjs', {}, (page) => openTab(page, 'lib/clerk-sync.ts'))
    await visit('framework-phone', 'frameworks/nextjs', { viewport: PHONE }, copyCode)
    await visit('tables', 'tables', {}, (page) => openTab(page, 'Kysely, SQLite'))
    await visit('orm', 'orms/drizzle', { colorScheme: 'dark' }, (page) => openTab(page, 'PlanetScale'))
    await visit('error', 'errors/unique_conflict', {}, (page) => page.getByText('How to mend it').first().waitFor())
    await visit('reference', 'reference/core', {}, (page) => page.getByText('createClerkSync()').first().waitFor())
    await visit('search', 'start', {}, search)
  } finally {
    await browser.close()
    site.close()
  }
  return problems
}

/** @param {Page} page */
async function seeConvergence(page) {
  await page.locator('.convergence[data-done="true"]').waitFor()
  const [hand, sync] = await page.locator('.side').allTextContents()
  if (!/rows are wrong/.test(hand ?? '')) throw new Error(`The hand-written handler went right: ${hand}`)
  if (!/All rows are right/.test(sync ?? '')) throw new Error(`clerk-sync went wrong: ${sync}`)
  if (!/(?<!\d)0 of \d+ random orders/.test(sync ?? '')) throw new Error(`clerk-sync went wrong in some order: ${sync}`)
}

/** @param {Page} page */
async function shuffle(page) {
  const arriving = () => page.locator('.deliveries').textContent()
  const before = await arriving()
  await page.getByRole('button', { name: 'Another order' }).click()
  if ((await arriving()) === before) throw new Error('Another order is the same order.')
  await page.locator('.side.sync.done tr.right').nth(2).waitFor()
}

/** @param {Page} page @param {string} title */
async function openTab(page, title) {
  await page.locator('.vp-code-group .tabs label').filter({ hasText: title }).first().click()
  await page.locator('.vp-code-group div.active').filter({ hasText: 'clerk' }).first().waitFor()
}

/** @param {Page} page */
async function copyCode(page) {
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
  const block = page.locator('.vp-code-group').first()
  await block.hover()
  await block.locator('button.copy').first().click()
  const copied = await page.evaluate('navigator.clipboard.readText()')
  if (!/^npm install @clerk-sync\/core/.test(copied)) throw new Error(`The copy button copied: ${copied}`)
}

/** @param {Page} page */
async function search(page) {
  await page.keyboard.press('Control+k')
  await page.locator('.VPLocalSearchBox input').fill('unique_conflict')
  const found = page.locator('.VPLocalSearchBox .result[href*="errors"]').first()
  await found.waitFor()
  await page.screenshot({ path: join(SCREENSHOTS, 'site-search-box.png') })
  await found.click()
  await page.waitForURL(/\/errors/)
}
