// The Chromium that the tests of pages run in:
//
//   import { provideBrowser } from './browser.mjs'
//   const path = await provideBrowser()
//
// It comes from the first of these that starts; none is ever left out:
//   1. an explicit path:  CLERK_SYNC_BROWSER
//   2. an installed Chromium, Chrome or Edge
//   3. Debian's package, unpacked in the user's cache and not installed
import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, renameSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { unpackedPackage } from './databases/apt.mjs'

export const BROWSER_VARIABLE = 'CLERK_SYNC_BROWSER'

const NAMES = ['chromium', 'google-chrome', 'google-chrome-stable', 'chromium-browser', 'microsoft-edge', 'chrome.exe']
const ELSEWHERE = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
]

/**
 * Gives the path of a browser that starts, and throws an error that names every way out when there is none.
 * @param {{ log?: (line: string) => void, elsewhere?: readonly string[] }} [options] `elsewhere`: where browsers are
 *   installed that are not on the PATH @returns {Promise<string>}
 */
export async function provideBrowser({ log = console.log, elsewhere = ELSEWHERE } = {}) {
  const from = performance.now()
  const { path, rung } = await find(elsewhere, (text) => log(`browser  ${text}`))
  log(`browser  ${versionOf(path)}, ${rung}, ${((performance.now() - from) / 1000).toFixed(1)} s`)
  return path
}

/** @param {readonly string[]} elsewhere @param {(text: string) => void} note @returns {Promise<{ path: string, rung: string }>} */
async function find(elsewhere, note) {
  const explicit = process.env[BROWSER_VARIABLE]
  if (explicit) {
    if (versionOf(explicit)) return { path: explicit, rung: `from ${BROWSER_VARIABLE}` }
    throw new Error(`${BROWSER_VARIABLE} is set, but ${explicit} does not start. Correct the path or unset it.`)
  }
  const folders = (process.env.PATH ?? '').split(delimiter)
  const known = [...NAMES.flatMap((name) => folders.map((folder) => join(folder, name))), ...elsewhere]
  // Ubuntu's chromium-browser is a script that only says what to install.
  const installed = known.find((path) => existsSync(path) && versionOf(path))
  if (installed) return { path: installed, rung: 'installed' }
  try {
    return { path: await unpacked(note), rung: 'package chromium' }
  } catch (cause) {
    throw new Error(
      `No browser to test pages in. Tried: an installed Chromium, Chrome or Edge: none on the PATH; distribution ` +
        `package: ${cause instanceof Error ? cause.message : cause}\nOne of these helps:` +
        `\n  - install Chromium or Chrome (Debian: apt-get install chromium)\n  - set ${BROWSER_VARIABLE} to its path`,
      { cause },
    )
  }
}

/** @param {(text: string) => void} note */
async function unpacked(note) {
  const { root, binary, libraries } = await unpackedPackage('chromium', ['usr/lib/chromium/chromium'], note)
  const home = dirname(root)
  const path = join(home, 'chromium')
  if (!existsSync(path)) {
    // Its processes start more of their kind, so it runs with the machine's loader, which is of the same release.
    const script = [
      '#!/bin/sh',
      `export LD_LIBRARY_PATH='${libraries.join(':')}' FONTCONFIG_FILE='${home}/fonts.conf'`,
      `exec '${binary}' "$@"`,
    ]
    write(
      join(home, 'fonts.conf'),
      `<fontconfig><dir>${root}/usr/share/fonts</dir><cachedir>${home}/fonts</cachedir></fontconfig>\n`,
    )
    write(path, `${script.join('\n')}\n`)
  }
  if (!versionOf(path)) throw new Error(`${path} does not start.`)
  return path
}

/** At once, since another process may be looking. @param {string} path @param {string} text */
function write(path, text) {
  const part = `${path}.${process.pid}`
  writeFileSync(part, text)
  chmodSync(part, 0o755)
  renameSync(part, path)
}

/** What it says it is, if it starts. @param {string} path */
function versionOf(path) {
  const { status, stdout } = spawnSync(path, ['--version'], { encoding: 'utf8', timeout: 30_000 })
  return status === 0 ? stdout.trim().split('\n').at(-1) : undefined
}

// By hand: `node scripts/bare-machine/browser.mjs` says where it is.
if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  console.log(`export ${BROWSER_VARIABLE}='${await provideBrowser()}'`)
}
