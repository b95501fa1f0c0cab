// Runs rows, one at a time, and compares what came of each with what scripts/release/matrix/rows.mjs says.
import { join } from 'node:path'
import { step } from '../../tools.mjs'
import { runRow } from './run-row.mjs'

/** @import { Rehearsal } from './managers.mjs' */
/** @import { Row } from './row.mjs' */

/** @param {Row[]} rows @param {Rehearsal} rehearsal @returns {Promise<boolean>} whether all came out as they say */
export async function runMatrix(rows, rehearsal) {
  let expected = true
  for (const [n, row] of rows.entries()) {
    const home = join(rehearsal.folder, `application-${n}`)
    const came = await step(row.what, async () => compare(row, await runRow(row, rehearsal, home)))
    expected &&= came
  }
  return expected
}

/** @param {Row} row @param {{ step: string, output: string } | undefined} failure */
function compare({ fails }, failure) {
  if (!failure) return { ok: !fails, output: 'It works: take `fails` out of its row.' }
  // A terminal's width breaks lines.
  const says = failure.output.replace(/\s+/g, ' ')
  const ok = failure.step === fails?.step && says.includes(fails.says)
  return { ok, output: `at ${failure.step}:\n${failure.output}` }
}
