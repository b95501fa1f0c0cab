import Link from 'next/link'
import type { ReactNode } from 'react'
import { asViewer } from '@/lib/viewer'
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
        <Link className="mark" href={asViewer('/organizations', viewer)}>
          <Mark />
          Roster
        </Link>
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

function Mark() {
  return (
    <svg viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="9" fill="#3f5bd9" />
      <circle cx="12" cy="13" r="4.5" fill="#fff" />
      <circle cx="21.5" cy="14" r="3.5" fill="#fff" opacity=".65" />
      <path d="M4.5 25a7.5 7.5 0 0 1 15 0z" fill="#fff" />
      <path d="M21 25a9 9 0 0 0-1.5-5.2A6 6 0 0 1 27.5 25z" fill="#fff" opacity=".65" />
    </svg>
  )
}
