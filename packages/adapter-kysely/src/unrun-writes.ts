import { ClerkSyncError } from '@clerk-sync/core'
import type { KyselyPlugin } from 'kysely'

const VERBS = ['insertInto', 'replaceInto', 'updateTable', 'deleteFrom', 'mergeInto'] as const
/** What gives another creator of the same transaction. */
const DERIVED = ['with', 'withRecursive', 'withSchema', 'withTables', 'withPlugin', 'withoutPlugins'] as const

/** A transaction, and what is derived from it. */
type Creator = { withPlugin(plugin: KyselyPlugin): object }

type Write = readonly [verb: (typeof VERBS)[number], table: unknown]

/**
 * The writes that a hook has built and never ran. Kysely sends nothing until `.execute()`: a hook that forgets it would
 * write nothing, and its message would pass for processed.
 */
export class UnrunWrites {
  readonly #unrun = new Set<Write>()

  /** From now on `creator` remembers what is built through it. */
  watch<C extends Creator>(creator: C): C {
    // The methods that a creator inherits: those of its own are the ones set here.
    const withPlugin = creator.withPlugin.bind(creator)
    for (const verb of VERBS) {
      Reflect.set(creator, verb, (...given: unknown[]) => {
        const write: Write = [verb, given[0]]
        this.#unrun.add(write)
        const ofOneWrite = withPlugin(new Seen(() => this.#unrun.delete(write)))
        return call(ofOneWrite, verb, given)
      })
    }
    for (const name of DERIVED) {
      const method: unknown = Reflect.get(creator, name)
      if (typeof method !== 'function') continue
      Reflect.set(creator, name, (...given: unknown[]) => this.watch<Creator>(Reflect.apply(method, creator, given)))
    }
    return creator
  }

  /** @throws ClerkSyncError `hook_failed` where one was forgotten. */
  refuse(): void {
    for (const [verb, table] of this.#unrun) {
      throw new ClerkSyncError(
        'hook_failed',
        `The hook built tx.${verb}(${typeof table === 'string' ? `'${table}'` : '…'}) and did not run it, so nothing was ` +
          'kept: end it with .execute(), and await that.',
      )
    }
  }
}

function call(creator: object, verb: string, given: readonly unknown[]): unknown {
  const method: unknown = Reflect.get(creator, verb)
  if (typeof method !== 'function') throw new Error(`A transaction of Kysely has no ${verb}().`)
  return Reflect.apply(method, creator, given)
}

/** Kysely hands a query to its plugins when it runs or is compiled, and when it becomes a part of another one. */
class Seen implements KyselyPlugin {
  readonly #see: () => void

  constructor(see: () => void) {
    this.#see = see
  }

  transformQuery({ node }: Parameters<KyselyPlugin['transformQuery']>[0]) {
    this.#see()
    return node
  }

  async transformResult({ result }: Parameters<KyselyPlugin['transformResult']>[0]) {
    return result
  }
}
