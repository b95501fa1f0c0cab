import Link from 'next/link'
import { Avatar } from '@/components/avatar'
import { Refresh } from '@/components/refresh'
import { asViewer } from '@/lib/viewer'
import { personName } from '@/lib/words'
import { everybody } from '@/queries/people'

export const dynamic = 'force-dynamic'

/** The demo's sign-in: with Clerk, this page is a `<SignIn />`. */
export default async function WhoLooks() {
  const people = process.env.DEMO === '1' ? await everybody() : undefined
  return (
    <main className="lonely">
      <h1>Who is looking?</h1>
      {people === undefined && <p className="quiet">Nobody is signed in: see the README for Clerk, or set DEMO=1.</p>}
      {people?.length === 0 && (
        <p className="quiet">
          Nobody has signed up yet. Send the story: <code>npm run demo:b2b -- --story</code>
        </p>
      )}
      {people && people.length > 0 && (
        <ul className="card rows">
          {people.map((person) => (
            <li key={person.id}>
              <Link className="row" href={asViewer('/organizations', person.id)}>
                <Avatar id={person.id} name={personName(person)} />
                <div className="who">
                  <strong>{personName(person)}</strong>
                  <span className="quiet">{person.email}</span>
                </div>
                <span className="quiet">{organizations(person.organizations)}</span>
              </Link>
            </li>
          ))}
        </ul>
      )}
      <Refresh everyMs={2_000} />
    </main>
  )
}

function organizations(count: number): string {
  return count === 0 ? 'no organization' : count === 1 ? '1 organization' : `${count} organizations`
}
