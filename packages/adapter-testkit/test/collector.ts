import type { Runner } from '../src/index.ts'

/** A test that failed: where it is in the suite, and with what message. */
export interface Failed {
  readonly title: string
  readonly message: string
}

interface Collected {
  readonly title: string
  readonly body: () => Promise<void>
}

/** No test of the kit takes this long in memory, unless the adapter waits for ever. */
const LONGEST_TEST_MS = 12_000

/** A runner that runs the suite on its own and tells what failed, instead of reporting it. */
export class Collector implements Runner {
  readonly #tests: Collected[] = []
  readonly #path: string[] = []

  describe(name: string, body: () => void): void {
    this.#path.push(name)
    body()
    this.#path.pop()
  }

  it(name: string, body: () => Promise<void>): void {
    this.#tests.push({ title: [...this.#path, name].join(' > '), body })
  }

  get titles(): string[] {
    return this.#tests.map(({ title }) => title)
  }

  async failures(wanted: (title: string) => boolean = () => true): Promise<Failed[]> {
    const failed: Failed[] = []
    for await (const failure of this.#run(wanted)) failed.push(failure)
    return failed
  }

  /** The first failure with such a message, and the tests after it do not run; all failures where there is none. */
  async failuresUntil(symptom: RegExp, wanted: (title: string) => boolean): Promise<Failed[]> {
    const failed: Failed[] = []
    for await (const failure of this.#run(wanted)) {
      if (symptom.test(failure.message)) return [failure]
      failed.push(failure)
    }
    return failed
  }

  async *#run(wanted: (title: string) => boolean): AsyncGenerator<Failed> {
    for (const { title, body } of this.#tests.filter((test) => wanted(test.title))) {
      const message = await messageOf(body)
      if (message !== undefined) yield { title, message }
    }
  }
}

async function messageOf(body: () => Promise<void>): Promise<string | undefined> {
  let timer: NodeJS.Timeout | undefined
  const tooLong = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('the test did not end')), LONGEST_TEST_MS)
  })
  try {
    await Promise.race([body(), tooLong])
    return undefined
  } catch (error) {
    return error instanceof Error
      ? `${error.message} ${error.cause instanceof Error ? error.cause.message : ''}`
      : String(error)
  } finally {
    clearTimeout(timer)
  }
}
