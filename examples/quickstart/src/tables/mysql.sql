-- All Clerk ids in one collation, the database's own. A version is 33 digits.
create table if not exists users (
  id varchar(255) primary key,
  email text,
  email_verified boolean not null default false,
  phone_number text,
  username text,
  first_name text,
  last_name text,
  full_name text,
  image_url text,
  external_id text,
  public_metadata json,
  banned boolean not null default false,
  locked boolean not null default false,
  last_sign_in_at datetime(3),
  clerk_version varchar(34) not null default '0',
  deleted_at datetime(3)
) default character set utf8mb4;

create table if not exists organizations (
  id varchar(255) primary key,
  name text,
  slug text,
  image_url text,
  created_by varchar(255),
  public_metadata json,
  clerk_version varchar(34) not null default '0',
  deleted_at datetime(3)
) default character set utf8mb4;

create table if not exists organization_memberships (
  id varchar(255) primary key,
  organization_id varchar(255) not null,
  user_id varchar(255) not null,
  role varchar(255) not null,
  permissions json,
  clerk_version varchar(34) not null default '0',
  deleted_at datetime(3)
) default character set utf8mb4;

create table if not exists clerk_events (
  id varchar(255) primary key,
  type varchar(255) not null,
  entity_id varchar(255),
  occurred_at datetime(3) not null,
  processed_at datetime(3) not null,
  index clerk_events_processed_at_idx (processed_at)
) default character set utf8mb4;

create table if not exists welcomes (
  id int auto_increment primary key,
  user_id varchar(255) not null,
  event_id varchar(255) not null
) default character set utf8mb4;
