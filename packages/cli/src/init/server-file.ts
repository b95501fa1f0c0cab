import { posix } from 'node:path'
import type { FrameworkName } from '@clerk-sync/project'
import { ROUTE } from '../deliveries/settings.ts'
import type { Change } from './change.ts'
import type { Project } from './project.ts'
import { readSource } from './source.ts'

interface Registration {
  /** What makes the application: `express`, in `const app = express()`. */
  readonly maker: string
  readonly import: string
  readonly comment: string
  line(app: string): string
}

/** Frameworks whose routes are lines of a file that only the application knows. */
const REGISTRATIONS: { readonly [Name in FrameworkName]?: Registration } = {
  express: {
    maker: 'express',
    import: "import { toNodeHandler } from '@clerk-sync/core/node'",
    comment: '// Before express.json() and other parsers: the signature is over the bytes of the body.',
    line: (app) => `${app}.post('${ROUTE}', toNodeHandler(clerkSync))`,
  },
  fastify: {
    maker: 'fastify',
    import: "import { fastifyClerkSync } from '@clerk-sync/core/fastify'",
    comment: '// It keeps the bytes of the body: the signature is over them.',
    line: (app) => `${app}.register(fastifyClerkSync, { clerkSync, path: '${ROUTE}' })`,
  },
  hono: {
    maker: 'Hono',
    import: '',
    comment: '// Before middleware that reads the body: the signature is over its bytes.',
    line: (app) => `${app}.post('${ROUTE}', (c) => clerkSync.handler(c.req.raw))`,
  },
}

const NAMES = ['server', 'index', 'app', 'main']
const PLACES = ['src/', ''].flatMap((folder) =>
  NAMES.flatMap((name) => ['.ts', '.mts', '.js', '.mjs'].map((end) => folder + name + end)),
)

/** What to add by hand, where no file can be seen that makes the application. */
export function registrationOf(framework: FrameworkName): Registration | undefined {
  return REGISTRATIONS[framework]
}

/** The file that seems to start the server. */
export const serverFile = ({ has }: Pick<Project, 'has'>) => PLACES.find(has)

/** A module of the application's that has the route, wherever it stands. */
export const registeredIn = (project: Project): string | undefined =>
  project.sources().find(({ text }) => HANDLERS.test(text) || (CALLS.test(text) && IS_ROUTE.test(text)))?.path

// Others have a toNodeHandler of their own.
const HANDLERS = /\bto(Node|Fetch|Lambda)Handler\(\s*clerkSync\b|\bfastifyClerkSync\b/

const CALLS = /\bclerkSync\.(handler|receive)\b/

/** What takes requests: a script that receives a delivery by hand does not. */
const IS_ROUTE =
  /\bexport\s+(const|let|(async\s+)?function)\s+(GET|POST|ALL|action|handler|fetch)\b|(?<!\bPromise)\.(post|all|route)\(|\bexport\s+default\b|@(Post|All)\(|\bcreateFileRoute\(|\b(serve|createServer)\(|\bdefineEventHandler\(|\bfetch\s*:/

/** Registers the route right after the application is made. Undefined where that cannot be seen, or is done. */
export function editServer(
  project: Project,
  framework: FrameworkName,
  module: string,
  extension: string,
): Change | 'done' | undefined {
  const registration = REGISTRATIONS[framework]
  if (!registration) return undefined
  for (const path of PLACES) {
    const before = project.read(path)
    if (before === undefined) continue
    if (before.includes(ROUTE) || registeredIn(project) !== undefined) return 'done'
    const relative = posix.relative(posix.dirname(path), module)
    const from = (relative.startsWith('.') ? relative : `./${relative}`) + extension
    const after = register(path, before, registration, from)
    if (after !== undefined) return { path, before, after }
  }
  return undefined
}

/** Text is put between statements, so that all else stays as it was formatted. */
function register(path: string, text: string, registration: Registration, from: string): string | undefined {
  const { calls, importsEnd } = readSource(path, text)
  // A file of require's: an import would make it a syntax error, or another kind of module.
  if (importsEnd === 0) return undefined
  const app = calls.find(({ callee }) => callee.toLowerCase() === registration.maker.toLowerCase())
  if (!app) return undefined
  const route = `\n\n${registration.comment}\n${registration.line(app.name)}`
  const withRoute = text.slice(0, app.end) + route + text.slice(app.end)
  const lines = [registration.import, `import { clerkSync } from '${from}'`].filter(Boolean).join('\n')
  return `${withRoute.slice(0, importsEnd)}\n${lines}${withRoute.slice(importsEnd)}`
}
