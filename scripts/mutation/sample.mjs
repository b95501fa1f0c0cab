// A plugin of StrykerJS: of all faults that could be tried, only some are, drawn at random, or those that a run before left.
// Stryker asks its checkers which faults are worth a run, once it knows all of them: what is not chosen is not.
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { relative } from 'node:path'
import { root } from '../tools.mjs'

/** @typedef {{ line: number, column: number }} Place */
/** @typedef {{ mutatorName: string, replacement?: string, location: { start: Place, end: Place } }} Change */
/** @typedef {Change & { id: string, fileName: string }} Fault */

export const NOT_DRAWN = 'not drawn'

/** What tells a fault from all others, in any run over the same sources. @param {string} file @param {Change} change */
export const nameOf = (file, { mutatorName, replacement, location: { start, end } }) =>
  [file.replaceAll('\\', '/'), start.line, start.column, end.line, end.column, mutatorName, replacement].join(' ')

/**
 * The same faults for the same seed, whatever order they come in.
 * @param {Fault[]} faults @param {number} size @param {string} seed @returns {Set<string>} their ids
 */
export function draw(faults, size, seed) {
  /** @param {Fault} fault */
  const place = ({ fileName, location, mutatorName, replacement }) =>
    createHash('sha256')
      .update(JSON.stringify([seed, relative(root, fileName), location, mutatorName, replacement]))
      .digest('hex')
  const placed = faults.map((fault) => ({ id: fault.id, at: place(fault) }))
  return new Set(
    placed
      .sort((one, other) => (one.at < other.at ? -1 : 1))
      .slice(0, size)
      .map(({ id }) => id),
  )
}

/**
 * Those of a run before. Its report counts lines and columns from 1, Stryker itself from 0.
 * @param {Fault[]} faults @param {string[]} names @returns {Set<string>} their ids
 */
export function pick(faults, names) {
  const wanted = new Set(names)
  const next = (/** @type {Place} */ { line, column }) => ({ line: line + 1, column: column + 1 })
  const picked = faults.filter(({ fileName, location: { start, end }, ...fault }) =>
    wanted.has(nameOf(relative(root, fileName), { ...fault, location: { start: next(start), end: next(end) } })),
  )
  if (picked.length < wanted.size)
    throw new Error(`StrykerJS has ${picked.length} of the ${wanted.size} faults of the run before: run it once more.`)
  return new Set(picked.map(({ id }) => id))
}

/** @param {(faults: Fault[]) => Set<string>} choose */
function checker(choose) {
  /** @type {Set<string> | undefined} */
  let chosen
  return {
    async init() {},
    /** Is given all faults at once. @param {Fault[]} faults */
    async group(faults) {
      if (chosen)
        throw new Error('StrykerJS gave the faults in several parts: a sample of a part is none of the whole.')
      chosen = choose(faults)
      return [faults.map(({ id }) => id)]
    },
    /** @param {Fault[]} faults */
    async check(faults) {
      if (!chosen) throw new Error('A sample needs one checker: CLERK_SYNC_MUTATION_CONCURRENCY may be 1 or 2.')
      const tried = chosen
      return Object.fromEntries(
        faults.map(({ id }) => [
          id,
          tried.has(id) ? { status: 'passed' } : { status: 'compileError', reason: NOT_DRAWN },
        ]),
      )
    },
  }
}

export const strykerPlugins = [
  {
    kind: 'Checker',
    name: 'sample',
    factory: () => {
      const { CLERK_SYNC_MUTATION_SAMPLE: size, CLERK_SYNC_MUTATION_SEED: seed = '' } = process.env
      return checker((faults) => draw(faults, Number(size), seed))
    },
  },
  {
    kind: 'Checker',
    name: 'left',
    factory: () => {
      const { CLERK_SYNC_MUTATION_LEFT: file = '' } = process.env
      return checker((faults) => pick(faults, JSON.parse(readFileSync(file, 'utf8'))))
    },
  },
]
