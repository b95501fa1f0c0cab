import { ClerkSyncError } from '@clerk-sync/core'

const WRITES: ReadonlySet<string | symbol> = new Set([
  'create',
  'createMany',
  'createManyAndReturn',
  'update',
  'updateMany',
  'updateManyAndReturn',
  'upsert',
  'delete',
  'deleteMany',
  '$executeRaw',
  '$executeRawUnsafe',
])

/**
 * The writes that a hook has asked for and never awaited. Prisma sends nothing until its promise is: a hook that forgets
 * it would write nothing, and its message would pass for processed.
 */
export class UnrunWrites {
  readonly #unrun = new Set<{ readonly call: string }>()

  /** The same client, or a model's part of it, which remembers the writes that are asked of it. */
  watch<T extends object>(client: T, path = 'tx'): T {
    return new Proxy(client, {
      get: (target, name) => {
        const value: unknown = Reflect.get(target, name, target)
        const call = `${path}.${String(name)}`
        if (typeof value === 'function') {
          // Methods of extensions go on through here, by their `this`; the client's own know nothing of it.
          if (!WRITES.has(name)) return path === 'tx' ? value.bind(target) : value
          return (...given: unknown[]) => this.#remember(`${call}()`, Reflect.apply(value, target, given))
        }
        return path === 'tx' && isDelegate(name, value) ? this.watch(value, call) : value
      },
    })
  }

  /** @throws ClerkSyncError `hook_failed` where one was forgotten. */
  refuse(): void {
    for (const { call } of this.#unrun) {
      throw new ClerkSyncError(
        'hook_failed',
        `The hook called ${call} and did not await it, so it never ran, and nothing was kept: await it, or return it.`,
      )
    }
  }

  /** Whoever awaits a promise, or asks for a relation of its row, takes a property of it. */
  #remember(call: string, promise: unknown): unknown {
    if (typeof promise !== 'object' || promise === null) return promise
    const write = { call }
    this.#unrun.add(write)
    return new Proxy(promise, {
      get: (target, name) => {
        if (typeof name === 'string') this.#unrun.delete(write)
        const value: unknown = Reflect.get(target, name, target)
        return typeof value === 'function' ? value.bind(target) : value
      },
    })
  }
}

/** Models have names; `$`, `_` and symbols are the client's own. */
function isDelegate(name: string | symbol, value: unknown): value is object {
  return typeof name === 'string' && !/^[$_]/.test(name) && typeof value === 'object' && value !== null
}
