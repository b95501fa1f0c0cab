// Global set-up of the tests of pages. A whole run finds the browser once and passes its path in the environment.

import { BROWSER_VARIABLE, provideBrowser } from './browser.mjs'

export default async function setup() {
  process.env[BROWSER_VARIABLE] = await provideBrowser()
}
