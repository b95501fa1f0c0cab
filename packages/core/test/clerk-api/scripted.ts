import type { Answer, ClerkApi, Query } from '../../src/clerk-api/clerk-api.ts'

export const time = { earliest: 1, latest: 2 }
export const answer = (body: unknown, status = 200, errorCode?: string): Answer => ({ status, body, errorCode, time })
export const notFound = answer({}, 404, 'resource_not_found')

/** Clerk, as a function of what it is asked, and what it was asked. */
export function clerk(answers: (path: string, query: Query) => Answer) {
  const asked: string[] = []
  const api: ClerkApi = {
    requests: 0,
    signal: new AbortController().signal,
    async get(path, query = {}) {
      asked.push([path, ...Object.entries(query).map(([name, value]) => `${name}=${value}`)].join(' '))
      return answers(path, query)
    },
  }
  return { api, asked }
}
