-- In the write-ahead log a reader never waits for a writer, and what was committed survives a killed process.
pragma journal_mode = wal;
begin immediate;

create table if not exists users (
  id text primary key not null,
  email text,
  email_verified integer not null default false,
  phone_number text,
  username text,
  first_name text,
  last_name text,
  full_name text,
  image_url text,
  external_id text,
  public_metadata text,
  banned integer not null default false,
  locked integer not null default false,
  last_sign_in_at integer,
  clerk_version text not null default '0',
  deleted_at integer
);

create table if not exists organizations (
  id text primary key not null,
  name text,
  slug text,
  image_url text,
  created_by text,
  public_metadata text,
  clerk_version text not null default '0',
  deleted_at integer
);

create table if not exists organization_memberships (
  id text primary key not null,
  organization_id text not null,
  user_id text not null,
  role text not null,
  permissions text,
  clerk_version text not null default '0',
  deleted_at integer
);

create table if not exists clerk_events (
  id text primary key not null,
  type text not null,
  entity_id text,
  occurred_at integer not null,
  processed_at integer not null
);
create index if not exists clerk_events_processed_at_idx on clerk_events (processed_at);

create table if not exists welcomes (
  id integer primary key autoincrement,
  user_id text not null,
  event_id text not null
);

commit;
