-- The versions of tables that have no sync columns, and the tombstones of what was removed from them. The table is ours:
-- copy this file into your migrations as it is. docs/versions-beside.md in the repository says what it is for.

create table public.clerk_versions (
  table_name text not null,
  id text not null, -- the Clerk id
  version text not null,
  deleted_at timestamptz(3),
  primary key (table_name, id)
);

-- Who could raise a version could make every later event of a user pass for old.
revoke all on public.clerk_versions from anon, authenticated;
grant select, insert, update, delete on public.clerk_versions to service_role;

alter table public.clerk_versions enable row level security;

-- Without a policy it would be as closed; Supabase's advisor would ask whether one was forgotten.
create policy "No user reads versions" on public.clerk_versions
  for select to anon, authenticated
  using (false);
