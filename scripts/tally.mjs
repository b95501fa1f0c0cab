// Counts what vitest's JSON reporter wrote, and finds what its counts leave out.
import { join, sep } from 'node:path'

/** @typedef {{ name: string, status: string, message?: string, assertionResults: { status: string }[] }} File */

/**
 * @param {{ testResults: File[] }} report @param {string} root
 * @param {string[]} folders each of which must have run a test
 */
export function tally({ testResults }, root, folders) {
  const statuses = testResults.flatMap((file) => file.assertionResults.map(({ status }) => status))
  const passed = statuses.filter((status) => status === 'passed').length
  const failed = statuses.filter((status) => status === 'failed').length
  const complaints = testResults
    .filter((file) => file.assertionResults.every(({ status }) => status !== 'failed'))
    .filter((file) => file.status === 'failed' || file.assertionResults.length === 0)
    .map((file) => `${file.name} did not run through: ${file.message?.trim() || 'it has no tests'}`)
  for (const folder of folders) {
    const ran = testResults.some((file) =>
      file.name
        .split('/')
        .join(sep)
        .startsWith(join(root, folder) + sep),
    )
    if (!ran) complaints.push(`${folder} ran no test.`)
  }
  return { passed, failed, skipped: statuses.length - passed - failed, complaints }
}
