create table users (
  id text primary key,
  email text unique,
  first_name text,
  last_name text,
  image_url text,
  clerk_version text not null default '0',
  deleted_at timestamp(3) with time zone
);

create table clerk_events (
  id text primary key,
  type text not null,
  entity_id text,
  occurred_at timestamp(3) with time zone not null,
  processed_at timestamp(3) with time zone not null
);
create index clerk_events_processed_at_idx on clerk_events (processed_at);

create table clerk_dead_letters (
  id text primary key,
  type text not null,
  entity_id text,
  code text not null,
  payload text not null,
  parked_at timestamp(3) with time zone not null
);
create index clerk_dead_letters_entity_id_idx on clerk_dead_letters (entity_id);
-- It holds whole events, with names and addresses.
revoke all on clerk_dead_letters from public;
