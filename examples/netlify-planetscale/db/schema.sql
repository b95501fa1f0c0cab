create table users (
  id int auto_increment primary key,
  clerk_id varchar(255) not null unique,
  username varchar(255),
  display_name varchar(255),
  image_url text,
  email varchar(320),
  tagline varchar(160),
  clerk_version varchar(34) not null default '0',
  deleted_at datetime(3)
);

create table blocks (
  id int auto_increment primary key,
  user_id varchar(255) not null,
  type varchar(20) not null,
  label varchar(80) not null,
  url text not null,
  index blocks_user_id_idx (user_id)
);

create table clerk_events (
  id varchar(255) primary key,
  type varchar(255) not null,
  entity_id varchar(255),
  occurred_at datetime(3) not null,
  processed_at datetime(3) not null,
  index clerk_events_processed_at_idx (processed_at)
);
