import { beforeEach, expect, it } from 'vitest'
import { deliverDelete, deliverUser } from './clerk.ts'
import { startExample } from './example.ts'

const { server, database } = await startExample('example_netlify_links')
const ada = { id: 'user_Ada', username: 'ada', firstName: 'Ada', lastName: 'Lovelace' }
const grace = { id: 'user_Grace', username: null, firstName: 'Grace', lastName: 'Hopper' }

beforeEach(async () => {
  for (const table of ['users', 'blocks', 'clerk_events']) await database.query(`delete from ${table}`)
})

it('the tagline stays through updates from Clerk', async () => {
  await deliverUser(server.url, 'user.created', ada)
  await database.query('update users set tagline = ? where clerk_id = ?', 'Poetical science', ada.id)
  expect(await deliverUser(server.url, 'user.updated', { ...ada, lastName: 'King' })).toBe('updated')
  expect(await get('/api/profiles')).toMatchObject([{ displayName: 'Ada King', tagline: 'Poetical science' }])
})

it('profiles hold what everybody may see: no e-mail address, no Clerk id', async () => {
  await deliverUser(server.url, 'user.created', ada)
  await addBlock(ada.id, 'link', 'Notes')
  const [profile] = await get('/api/profiles')
  const shown = {
    displayName: 'Ada Lovelace',
    username: 'ada',
    imageUrl: 'https://img.clerk.com/user_Ada',
    tagline: null,
  }
  expect(profile).toEqual({ id: profile.id, ...shown })
  expect(await get(`/api/profiles/${profile.id}`)).toEqual({
    id: profile.id,
    ...shown,
    blocks: [{ type: 'link', label: 'Notes', url: 'https://example.com/Notes' }],
  })
})

it('blocks that were added before the webhook came are there when it has', async () => {
  await addBlock(ada.id, 'link', 'Early')
  await deliverUser(server.url, 'user.created', ada)
  const [{ id }] = await get('/api/profiles')
  expect(await get(`/api/profiles/${id}`)).toMatchObject({ blocks: [{ label: 'Early' }] })
})

it('a user who is deleted goes with their blocks and tagline, and nobody else does', async () => {
  for (const person of [ada, grace]) {
    await deliverUser(server.url, 'user.created', person)
    await addBlock(person.id, 'link', person.firstName)
  }
  await database.query(`update users set tagline = 'mine'`)
  const [{ id }] = await get('/api/profiles')
  expect(await deliverDelete(server.url, ada.id)).toBe('deleted')

  expect(await get('/api/profiles')).toMatchObject([{ displayName: 'Grace Hopper', tagline: 'mine' }])
  expect((await fetch(`${server.url}/api/profiles/${id}`)).status).toBe(404)
  expect(await database.query('select user_id from blocks')).toEqual([{ user_id: grace.id }])
  expect(await userOf(ada.id)).toMatchObject({ display_name: null, email: null, tagline: null })
  expect((await userOf(ada.id))?.deleted_at).not.toBeNull()
})

it('when the blocks cannot be removed, the user is not deleted either', async () => {
  await deliverUser(server.url, 'user.created', ada)
  await addBlock(ada.id, 'link', 'Notes')
  await database.query(
    `create trigger keep before delete on blocks for each row signal sqlstate '45000' set message_text = 'kept'`,
  )
  try {
    expect(await deliverDelete(server.url, ada.id)).toBe('hook_failed')
    expect(await userOf(ada.id)).toMatchObject({ display_name: 'Ada Lovelace', deleted_at: null })
  } finally {
    await database.query('drop trigger keep')
  }
  expect(await deliverDelete(server.url, ada.id)).toBe('deleted')
  expect(await database.query('select * from blocks')).toEqual([])
})

async function addBlock(userId: string, type: string, label: string) {
  const url = `https://example.com/${label}`
  await database.query('insert into blocks (user_id, type, label, url) values (?, ?, ?, ?)', userId, type, label, url)
}

async function userOf(clerkId: string) {
  const [row] = await database.query('select * from users where clerk_id = ?', clerkId)
  return row
}

async function get(path: string) {
  return (await fetch(server.url + path)).json()
}
