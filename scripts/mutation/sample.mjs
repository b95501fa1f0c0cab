// A plugin of StrykerJS: of all faults that could be tried, only some are, drawn at random. Stryker asks its checkers
// which faults are worth a run, once it knows all of them: what is not drawn is not.
import { createHash } from 'node:crypto'
import { relative } from 'node:path'
import { root } from '../tools.mjs'

/** @typedef {{ id: string, fileName: string, mutatorName: string, replacement: string, location: object }} Fault */

export const NOT_DRAWN = 'not drawn'

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

/** @param {number} size @param {string} seed */
function sampleChecker(size, seed) {
  /** @type {Set<string> | undefined} */
  let drawn
  return {
    async init() {},
    /** Is given all faults at once. @param {Fault[]} faults */
    async group(faults) {
      if (drawn) throw new Error('StrykerJS gave the faults in several parts: a sample of a part is none of the whole.')
      drawn = draw(faults, size, seed)
      return [faults.map(({ id }) => id)]
    },
    /** @param {Fault[]} faults */
    async check(faults) {
      if (!drawn) throw new Error('A sample needs one checker: CLERK_SYNC_MUTATION_CONCURRENCY may be 1 or 2.')
      const chosen = drawn
      return Object.fromEntries(
        faults.map(({ id }) => [
          id,
          chosen.has(id) ? { status: 'passed' } : { status: 'compileError', reason: NOT_DRAWN },
        ]),
      )
    },
  }
}

export const strykerPlugins = [
  {
    kind: 'Checker',
    name: 'sample',
    factory: () =>
      sampleChecker(Number(process.env.CLERK_SYNC_MUTATION_SAMPLE), process.env.CLERK_SYNC_MUTATION_SEED ?? ''),
  },
]
