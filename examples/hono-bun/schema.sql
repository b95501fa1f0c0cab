create table users (
  id text primary key,
  email text,
  first_name text,
  last_name text,
  image_url text,
  clerk_version text not null default '0',
  deleted_at timestamp(3) with time zone
);
