import Link from 'next/link'
import { Refresh } from '@/components/refresh'

/** For what is not there, and for who is no member: the same answer, so that nobody learns which organizations there are. */
export default function NotFound() {
  return (
    <main className="lonely">
      <h1>There is nothing here</h1>
      <p className="quiet">Either it does not exist, or it is not yours to see.</p>
      <p>
        <Link href="/">Look as somebody else</Link>
      </p>
      <Refresh everyMs={2_000} whole />
    </main>
  )
}
