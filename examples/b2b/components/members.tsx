import { day, personName, roleLabel } from '@/lib/words'
import type { OrganizationPage } from '@/queries/organization'
import { Avatar } from './avatar'

export function Members({ members, viewer }: { members: OrganizationPage['members']; viewer: string }) {
  return (
    <section aria-labelledby="members">
      <h2 id="members">
        Members <span className="count">{members.length}</span>
      </h2>
      <ul className="card rows">
        {members.map(({ userId, role, roleName, joinedAt, fullName, email }) => (
          <li key={userId}>
            <Avatar id={userId} name={personName({ fullName, email })} />
            <div className="who">
              <strong>
                {personName({ fullName, email })}
                {userId === viewer && <span className="quiet"> you</span>}
              </strong>
              <span className="quiet">{email}</span>
            </div>
            <span className="badge" data-tone={role === 'org:admin' ? 'accent' : 'plain'}>
              {roleLabel(roleName, role)}
            </span>
            {joinedAt && (
              <span className="quiet when">
                joined <time dateTime={joinedAt.toISOString()}>{day(joinedAt)}</time>
              </span>
            )}
          </li>
        ))}
      </ul>
    </section>
  )
}
