create table users (id text primary key, email text, clerk_version text not null default '0', deleted_at integer);
