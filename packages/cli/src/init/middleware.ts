import type { Change } from './change.ts'
import type { Project } from './project.ts'
import { readSource } from './source.ts'

const FILES = ['proxy.ts', 'middleware.ts', 'src/proxy.ts', 'src/middleware.ts', 'server/middleware/clerk.ts']
const PUBLIC = '/api/webhooks(.*)'

/** What stands before the route, and whether it lets the route through. */
export interface Middleware {
  readonly edit?: Change
  /** What to do by hand. */
  readonly step?: string
}

/** Puts the route on the list of public ones, where Clerk's middleware has such a list. */
export function letThrough(project: Project): Middleware {
  for (const path of FILES) {
    const before = project.read(path)
    if (before === undefined || !/clerkMiddleware\s*\(/.test(before)) continue
    // What protects nothing, or names the route, needs no exception.
    if (/\/(api\/)?webhooks?\b/.test(before) || !/\bprotect\s*\(|redirectToSignIn/.test(before)) return {}
    const after = withException(path, before)
    if (after !== undefined) return { edit: { path, before, after } }
    return {
      step: `Make /api/webhooks/clerk public in ${path}: the signature is its protection. ${byPath(path)}`,
    }
  }
  return {}
}

/** Clerk deprecates `createRouteMatcher`: new code asks for the path. */
const byPath = (path: string) =>
  path.startsWith('server/')
    ? "Before it protects: if (event.path.startsWith('/api/webhooks/')) return"
    : "Before it protects: if (req.nextUrl.pathname.startsWith('/api/webhooks/')) return"

/** `createRouteMatcher([…])` of a name that says public; a list of protected routes does not reach the route. */
function withException(path: string, text: string): string | undefined {
  const [, name] = /(?:const|let)\s+(\w*[pP]ublic\w*)\s*=\s*createRouteMatcher\(\s*\[/.exec(text) ?? []
  if (name === undefined) return undefined
  const list = readSource(path, text).calls.find((call) => call.name === name)?.list
  if (list === undefined) return undefined
  const last = list.elements.at(-1)
  const quote = text[last?.start ?? 0] === '"' ? '"' : "'"
  const entry = `${quote}${PUBLIC}${quote}`
  if (last === undefined) return text.slice(0, list.end - 1) + entry + text.slice(list.end - 1)
  // On a line of its own, where the others are.
  const before = text.slice(0, last.start)
  const indent = /\n([ \t]*)$/.exec(before)
  return `${text.slice(0, last.end)},${indent ? `\n${indent[1]}` : ' '}${entry}${text.slice(last.end)}`
}
