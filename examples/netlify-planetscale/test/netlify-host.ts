// The functions as they are deployed, and the page. `zip-it-and-ship-it` is what Netlify builds with: it finds the
// routes and puts Netlify's own bootstrap in front of a function that takes a Request. `lambda-local` calls the result
// as AWS Lambda would. Each function is one warm instance here, where `netlify dev` starts anew for every request.
import { readFile, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage } from 'node:http'
import { extname, join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { pathToFileURL } from 'node:url'
import { zipFunctions } from '@netlify/zip-it-and-ship-it'
import lambdaLocal from 'lambda-local'

const LONGEST_CALL_MS = 30_000
const example = join(import.meta.dirname, '..')
const TYPES: Readonly<Record<string, string>> = { '.html': 'text/html', '.css': 'text/css', '.js': 'text/javascript' }

interface Answer {
  readonly statusCode: number
  readonly headers?: Record<string, string>
  readonly multiValueHeaders?: Record<string, string[]>
  readonly body?: string | AsyncIterable<Uint8Array>
}

const built = join(example, '.netlify/built')
const functions = await zipFunctions(join(example, 'netlify/functions'), built, {
  archiveFormat: 'none',
  basePath: example,
  config: { '*': { nodeBundler: 'esbuild' } },
})
// Where they are deployed, no package.json above them says "module".
await writeFile(join(built, 'package.json'), '{}')
const modules = new Map<string, unknown>()
for (const { name, path, entryFilename } of functions) {
  modules.set(name, await import(pathToFileURL(join(path, entryFilename)).href))
}
lambdaLocal.getLogger().silent = true

function findFunction(path: string, method: string) {
  for (const { name, routes = [] } of functions) {
    if (routes.length === 0 && path === `/.netlify/functions/${name}`) return { name, route: undefined }
    const route = routes.find(
      (one) =>
        ('literal' in one ? one.literal === path : new RegExp(one.expression).test(path)) &&
        (!one.methods?.length || one.methods.includes(method)),
    )
    if (route) return { name, route: route.pattern }
  }
  return undefined
}

async function call(name: string, route: string | undefined, request: IncomingMessage, url: URL): Promise<Answer> {
  const bytes = await buffer(request)
  // Texts are passed on as they are.
  const isBase64Encoded = !/^(text\/|application\/json\b)/.test(request.headers['content-type'] ?? '')
  const lines = Object.entries(request.headersDistinct)
  const answer = await lambdaLocal.execute({
    lambdaFunc: modules.get(name),
    lambdaHandler: 'handler',
    timeoutMs: LONGEST_CALL_MS,
    event: {
      rawUrl: url.href,
      rawQuery: url.search.slice(1),
      path: url.pathname,
      route,
      httpMethod: request.method,
      headers: Object.fromEntries(lines.map(([header, values]) => [header, values?.join(', ')])),
      multiValueHeaders: Object.fromEntries(lines),
      queryStringParameters: Object.fromEntries(url.searchParams),
      body: bytes.toString(isBase64Encoded ? 'base64' : 'utf8'),
      isBase64Encoded,
    },
  })
  return answer as Answer
}

createServer(async (request, response) => {
  const url = new URL(request.url ?? '/', `http://${request.headers.host}`)
  const found = findFunction(url.pathname, request.method ?? 'GET')
  if (!found) {
    const file = url.pathname === '/' ? '/index.html' : url.pathname
    const content = await readFile(join(example, 'public', file)).catch(() => undefined)
    response.writeHead(content ? 200 : 404, { 'content-type': TYPES[extname(file)] ?? 'text/plain' })
    response.end(content ?? 'Not found')
    return
  }
  try {
    const { statusCode, headers, multiValueHeaders, body = '' } = await call(found.name, found.route, request, url)
    response.writeHead(statusCode, { ...headers, ...multiValueHeaders })
    if (typeof body === 'string') response.write(body)
    else for await (const chunk of body) response.write(chunk)
    response.end()
  } catch (error) {
    console.error(error)
    if (!response.headersSent) response.writeHead(500)
    response.end()
  }
}).listen(Number(process.env.PORT), '127.0.0.1')
