import assert from 'node:assert/strict'
import { ClerkSyncError, type ErrorCode } from '@clerk-sync/core'

/** Fails with the symptom first, and then what was found. */
export function expectSame(actual: unknown, expected: unknown, symptom: string): void {
  try {
    assert.deepEqual(actual, expected)
  } catch {
    assert.fail(`${symptom}\n  found:    ${show(actual)}\n  expected: ${show(expected)}`)
  }
}

export function expectThat(condition: boolean, symptom: string): asserts condition {
  if (!condition) assert.fail(symptom)
}

/** Waits for work that must not fail. */
export async function expectSuccess<T>(work: Promise<T>, symptom: string): Promise<T> {
  return work.catch((error: unknown) => assert.fail(`${symptom}\n  it rejected with ${describeError(error)}`))
}

/** Waits for a rejection with this code, and gives the error. */
export async function expectRejection(
  code: ErrorCode,
  work: Promise<unknown>,
  symptom: string,
): Promise<ClerkSyncError> {
  const error = await work.then(
    (value) => assert.fail(`${symptom}\n  it resolved with ${show(value)}, and ${code} was due`),
    (thrown: unknown) => thrown,
  )
  if (ClerkSyncError.is(error) && error.code === code) return error
  if (error instanceof assert.AssertionError) throw error
  throw new assert.AssertionError({
    message: `${symptom}\n  it rejected with ${describeError(error)}, and ${code} was due`,
  })
}

export function describeError(error: unknown): string {
  let text = ''
  for (let current = error, depth = 0; current !== undefined && current !== null && depth < 8; depth++) {
    const { code, message, cause } = current as { code?: unknown; message?: unknown; cause?: unknown }
    text += `${depth ? ' < ' : ''}${code === undefined ? '' : `${String(code)}: `}${String(message ?? current).slice(0, 300)}`
    current = cause
  }
  return text
}

const LONGEST = 1_500

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value)
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}… (${text.length} characters)` : text
}
