/** What differs between frameworks. */
export interface Framework {
  readonly name: string
  readonly title: string
  /** The package that an application of this framework depends on. */
  readonly dependency: string
  /** Where its development server listens. */
  readonly port: number
  /** The .env files that it reads, the strongest first. */
  envFiles(mode: string): readonly string[]
  /** Where the module that exports `clerkSync` may be, without an extension; `init` writes the first that fits. */
  readonly modules: readonly string[]
}

/** Next.js: https://nextjs.org/docs/app/guides/environment-variables */
export const localFirst = (mode: string) => [`.env.${mode}.local`, '.env.local', `.env.${mode}`, '.env']

/** Vite: https://vite.dev/guide/env-and-mode */
export const modeFirst = (mode: string) => [`.env.${mode}.local`, `.env.${mode}`, '.env.local', '.env']

/** `node --env-file=.env`, and dotenv. */
export const plain = () => ['.env']
