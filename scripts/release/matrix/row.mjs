// What a row is made of.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * @typedef {object} Row
 * @property {string} what as docs/support.md says it, and no other row does
 * @property {string} versions of what the row is about
 * @property {string} application a folder of scripts/release/applications
 * @property {import('./managers.mjs').Manager} [manager] npm, unless said
 * @property {string} [node] a version; else the one that runs this
 * @property {object} [manifest] what differs in its package.json
 * @property {object} [tsconfig] what differs in its tsconfig.json
 * @property {Record<string, string>} [files] what it has besides
 * @property {string} [database] where it keeps its rows, if not in the file that it is given
 * @property {boolean} [always] whether `npm test` runs it, too
 * @property {{ step: string, says: string, instead: string }} [fails] what a user reads who tries it, and can do instead
 */

const applications = join(import.meta.dirname, '../applications')

/** @param {string} file of the applications' folder */
export const source = (file) => readFileSync(join(applications, file), 'utf8')

/** From the manifest of an application. @param {string} application @param {string[]} names */
export function versionsIn(application, ...names) {
  const { dependencies, devDependencies } = JSON.parse(source(`${application}/package.json`))
  return names.map((name) => `${name} ${{ ...dependencies, ...devDependencies }[name]}`).join(', ')
}

/** @param {string} module @param {string} [moduleResolution] */
const compiled = (module, moduleResolution = module) => ({ compilerOptions: { module, moduleResolution } })
export const ESM = { manifest: { type: 'module' }, tsconfig: compiled('nodenext') }
export const COMMONJS = { manifest: { type: 'commonjs' }, tsconfig: compiled('nodenext') }
export const BUNDLER = { manifest: { type: 'module' }, tsconfig: compiled('esnext', 'bundler') }

/** The oldest Node, the last one that requires no ES modules, and the newest of each line. */
export const NODES = { 'before require': '22.11.0', 22: '22.23.3', 24: '24.21.0', 26: '26.10.0' }
