export interface DemoProps {
  readonly searchParams: Promise<{ readonly as?: string | string[] }>
}

/**
 * Who looks at the page: the id of a user. In your application Clerk alone says it, `(await auth()).userId`: see the README. The
 * demo runs without an account at Clerk, and believes the address, `?as=user_…`; so it must be allowed to, by DEMO=1.
 */
export async function viewerOf({ searchParams }: DemoProps): Promise<string | undefined> {
  const { as } = await searchParams
  return process.env.DEMO === '1' && typeof as === 'string' ? as : undefined
}

/** A link that keeps who looks. With Clerk, a session does that, and the path is enough. */
export function asViewer(path: string, viewer: string): string {
  return `${path}?as=${encodeURIComponent(viewer)}`
}
