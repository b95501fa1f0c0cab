import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { type Browser, chromium, type Page } from 'playwright-core'

/** Where the pictures of pages are put, to be looked at: outside of git. */
const SCREENSHOTS = join(import.meta.dirname, '../../../.cache/screenshots')
const ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

export interface ExampleBrowser {
  /** A page that reaches `url`'s own server and nothing else: every picture from elsewhere is a drawing of a face. */
  open(url: string, viewport?: { width: number; height: number }): Promise<ExamplePage>
  close(): Promise<void>
}

export interface ExamplePage {
  readonly page: Page
  /** What went wrong in it: errors that nobody caught, and what its policy refused. */
  readonly complaints: readonly string[]
  screenshot(name: string): Promise<void>
}

/** A Chromium of its own, with a fresh profile. */
export async function openBrowser(): Promise<ExampleBrowser> {
  const executablePath = process.env.CLERK_SYNC_BROWSER
  if (!executablePath) {
    throw new Error('CLERK_SYNC_BROWSER is not set: run the tests through vitest, which finds a browser and sets it.')
  }
  const browser: Browser = await chromium.launch({ executablePath, args: ARGS })
  return {
    async open(url, viewport = { width: 1100, height: 760 }) {
      const page = await browser.newPage({ viewport, colorScheme: 'light' })
      const complaints: string[] = []
      page.on('pageerror', (error) => complaints.push(error.message))
      page.on('console', (message) => {
        if (message.type() === 'error') complaints.push(message.text())
      })
      await page.route(
        (address) => address.origin !== new URL(url).origin && address.protocol !== 'data:',
        (route) =>
          route.request().resourceType() === 'image'
            ? route.fulfill({ contentType: 'image/svg+xml', body: face(route.request().url()) })
            : route.abort(),
      )
      await page.goto(url)
      return {
        page,
        complaints,
        async screenshot(name) {
          mkdirSync(SCREENSHOTS, { recursive: true })
          await page.screenshot({ path: join(SCREENSHOTS, `${name}.png`), animations: 'disabled' })
        },
      }
    },
    close: () => browser.close(),
  }
}

/** A different one for each address. */
function face(address: string): string {
  const hue = [...address].reduce((sum, letter) => (sum * 137 + letter.charCodeAt(0)) % 360, 7)
  const skin = `hsl(${20 + (hue % 15)} 55% ${55 + (hue % 25)}%)`
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100" width="100" height="100">
    <rect width="100" height="100" fill="hsl(${hue} 60% 80%)"/>
    <circle cx="50" cy="108" r="40" fill="hsl(${(hue + 180) % 360} 45% 45%)"/>
    <rect x="42" y="58" width="16" height="20" fill="${skin}"/>
    <circle cx="50" cy="44" r="23" fill="${skin}"/>
    <path d="M25 46a25 25 0 0 1 50 0c-6-10-14-15-25-15s-19 5-25 15z" fill="hsl(${(hue + 40) % 60} 45% 22%)"/>
    <path d="M41 54a12 12 0 0 0 18 0" fill="none" stroke="#0008" stroke-width="2.5" stroke-linecap="round"/>
    <circle cx="42" cy="45" r="2.5"/><circle cx="58" cy="45" r="2.5"/>
  </svg>`
}
