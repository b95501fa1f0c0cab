create table users (
  id text primary key,
  email text,
  clerk_version text not null default '0',
  deleted_at timestamptz(3)
);

create table clerk_events (
  id text primary key,
  type text not null,
  entity_id text,
  occurred_at timestamptz(3) not null,
  processed_at timestamptz(3) not null
);
create index clerk_events_processed_at_idx on clerk_events (processed_at);

create table clerk_dead_letters (
  id text primary key,
  type text not null,
  entity_id text,
  code text not null,
  payload text not null,
  parked_at timestamptz(3) not null
);
create index clerk_dead_letters_entity_id_idx on clerk_dead_letters (entity_id);

create table workspaces (
  owner_id text not null,
  name text not null
);
