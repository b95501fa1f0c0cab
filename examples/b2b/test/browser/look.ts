import type { ExampleBrowser } from '@examples/testing'
import type { Application } from '../application.ts'

/** Opens a page as somebody sees it. */
export async function look(browser: ExampleBrowser, { url }: Application, address: string) {
  const opened = await browser.open(`${url}${address}`, { width: 1180, height: 900 })
  const { page } = opened
  const part = (name: string) => page.getByRole('region', { name })
  const textsOf = async (name: string) =>
    (await part(name).getByRole('listitem').allInnerTexts()).map((text) => text.replaceAll(/\s+/g, ' '))
  /** As the page has it, without the day at the end of each. */
  const lately = async () => (await textsOf('Lately')).map((text) => text.replace(/ \d+ \w+ \d{4}$/, ''))
  return { ...opened, part, textsOf, lately }
}
