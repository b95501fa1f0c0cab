import { serverUrl } from '@clerk-sync/bare-machine/server-url'
import { EMPTY_PROJECT, KEYS, startPostgrest, tokenOf } from '@clerk-sync/supabase-stand-in'
import pg from 'pg'
import { afterAll, expect, it, onTestFinished } from 'vitest'

const server = await serverUrl('CLERK_SYNC_POSTGRES_URL')
const name = 'supabase_stand_in'
const admin = new pg.Client(server)
await admin.connect()
await admin.query(`drop database if exists ${name} with (force)`)
await admin.query(`create database ${name} encoding 'UTF8' template template0`)
const url = new URL(server)
url.pathname = `/${name}`
const project = new pg.Client(url.href)
await project.connect()
await project.query(EMPTY_PROJECT)
await project.query(`
  create function whoami() returns jsonb language sql
    as $$ select jsonb_build_object('role', current_user, 'sub', auth.jwt() ->> 'sub') $$;
  create table notes (id text primary key);
  alter table notes enable row level security;
  create policy own on notes to authenticated using (id = auth.jwt() ->> 'sub') with check (true);
  insert into notes values ('user_ada'), ('user_bob')`)
const postgrest = await startPostgrest(url.href)
afterAll(async () => {
  await postgrest.close()
  await project.end()
  await admin.end()
})

async function call(path: string, token: string, method = 'GET', body?: object, base = postgrest.url) {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const response = await fetch(`${base}/rest/v1/${path}`, { method, headers, body: body ? JSON.stringify(body) : null })
  const text = await response.text()
  return { status: response.status, body: text ? JSON.parse(text) : undefined }
}

it('a call runs as the role of its token, with the claims where auth.jwt() reads them', async () => {
  const ada = tokenOf({ role: 'authenticated', sub: 'user_ada' })
  expect(await call('rpc/whoami', ada, 'POST')).toEqual({
    status: 200,
    body: { role: 'authenticated', sub: 'user_ada' },
  })
  expect(await call('rpc/whoami', KEYS.service, 'POST')).toEqual({
    status: 200,
    body: { role: 'service_role', sub: null },
  })
})

it('row-level security holds users, and not the service role', async () => {
  const ids = async (token: string) => (await call('notes?select=id', token)).body
  expect(await ids(tokenOf({ role: 'authenticated', sub: 'user_ada' }))).toEqual([{ id: 'user_ada' }])
  expect(await ids(KEYS.anon)).toEqual([])
  expect(await ids(KEYS.service)).toEqual([{ id: 'user_ada' }, { id: 'user_bob' }])
})

it('a call that fails leaves nothing, and is answered as PostgREST does', async () => {
  expect(await call('notes', KEYS.service, 'POST', { id: 'user_ada' })).toMatchObject({
    status: 409,
    body: { code: '23505' },
  })
  expect(await call('rpc/nothing', KEYS.service, 'POST')).toMatchObject({ status: 404, body: { code: 'PGRST202' } })
  const forged = tokenOf({ role: 'service_role' }, 'another secret')
  expect(await call('notes', forged)).toMatchObject({ status: 401, body: { code: 'PGRST301' } })
})

it('a database that is away: 503', async () => {
  const nowhere = await startPostgrest('postgres://127.0.0.1:1/none')
  onTestFinished(nowhere.close)
  expect(await call('notes', KEYS.service, 'GET', undefined, nowhere.url)).toMatchObject({
    status: 503,
    body: { code: 'PGRST000' },
  })
})
