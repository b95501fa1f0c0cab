import Link from 'next/link'
import type { ReactNode } from 'react'
import { personName } from '@/lib/words'
import { personOf } from '@/queries/people'
import { Avatar } from './avatar'
import { Refresh } from './refresh'

/** What is around every page that somebody looks at. */
export async function Frame({ viewer, children }: { viewer: string; children: ReactNode }) {
  const person = await personOf(viewer)
  return (
    <>
      <header className="bar">
        <span className="mark">Roster</span>
        {person && (
          <Link className="viewer" href="/" title="Look as somebody else">
            <Avatar id={person.id} name={personName(person)} />
            <span>{personName(person)}</span>
          </Link>
        )}
      </header>
      <main>{children}</main>
      <Refresh everyMs={2_000} />
    </>
  )
}
