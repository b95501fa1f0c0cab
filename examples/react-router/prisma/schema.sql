create table "User" (
  "id" text not null primary key,
  "email" text,
  "firstName" text,
  "lastName" text,
  "imageUrl" text,
  "clerkVersion" text not null default '0',
  "deletedAt" datetime
);
