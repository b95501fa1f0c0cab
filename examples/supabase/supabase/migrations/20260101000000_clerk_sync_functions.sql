-- The functions that @clerk-sync/adapter-supabase calls. Copy this file into your migrations as it is; a new version of
-- the package may bring a new one, which replaces these functions.
--
-- They run as the one who calls them (security invoker), which may only be service_role, and they touch only tables of
-- the schema public that have the columns of clerk-sync: what service_role may not do, they cannot do either. A write that
-- the database took and did not keep fails with the code CS001.

-- A table by its name, if it has these columns. With an empty search_path, its text is qualified and quoted.
create or replace function public.clerk_sync_table(name text, needed text[])
returns regclass
language plpgsql stable security invoker set search_path = ''
as $$
declare
  found_table regclass := to_regclass(format('public.%I', name));
  missing text;
begin
  if found_table is null then
    raise exception using errcode = 'undefined_table', message = format('the table public.%I does not exist', name);
  end if;
  select string_agg(n.needed, ', ') into missing
  from unnest(needed) as n(needed)
  where not exists (
    select from pg_attribute a
    where a.attrelid = found_table and a.attname = n.needed and a.attnum > 0 and not a.attisdropped
  );
  if missing is not null then
    raise exception using
      errcode = 'undefined_column',
      message = format('the table %s cannot be synced, it has no column %s', found_table, missing);
  end if;
  return found_table;
end
$$;

-- One guarded write: created, updated or deleted; where nothing is due, unchanged for a row that holds the change, stale
-- for one that holds a newer one. already_deleted where the row is the tombstone of another event. Fails where the row
-- does not hold the change afterwards: a trigger may have dropped it, which an empty result does not show.
--
-- change: {"table", "key": the column with the Clerk id, "mode": upsert | erase | keep, "row": the columns to insert}.
-- keep sets deleted_at alone in a row that is there. erase gives a column that is not nullable its default for null.
create or replace function public.clerk_sync_write(change jsonb)
returns text
language plpgsql volatile security invoker set search_path = ''
as $$
declare
  key text := change ->> 'key';
  mode text := change ->> 'mode';
  guard text := case mode when 'keep' then 'deleted_at' else 'clerk_version' end;
  target regclass := public.clerk_sync_table(change ->> 'table', array[key, 'clerk_version', 'deleted_at']);
  columns text;
  vals text;
  assignments text;
  created boolean;
  same boolean;
  gone boolean;
begin
  select
    string_agg(format('%I', given.name), ', '),
    string_agg(
      case
        when mode = 'erase' and given.value = 'null' and a.attnotnull and d.adbin is not null
          then pg_get_expr(d.adbin, d.adrelid)
        else format('r.%I', given.name)
      end, ', '),
    string_agg(format('%1$I = excluded.%1$I', given.name), ', ')
      filter (where case mode when 'keep' then given.name = 'deleted_at' else given.name <> key end)
  into columns, vals, assignments
  from jsonb_each(change -> 'row') as given(name, value)
    left join pg_attribute a on a.attrelid = target and a.attname = given.name and a.attnum > 0
    left join pg_attrdef d on d.adrelid = target and d.adnum = a.attnum and a.attgenerated = '';

  -- Triggers of the application run inside the write, and find what they find when PostgREST writes; until the end of
  -- this function.
  perform set_config('search_path', 'public, extensions', true);
  execute format(
    'insert into %1$s as t (%2$s) select %3$s from jsonb_populate_record(null::%1$s, $1) as r '
    'on conflict (%4$I) do update set %5$s where t.%6$I is null or t.%6$I < excluded.%6$I '
    'returning (t.xmax = 0)',
    target, columns, vals, key, assignments, guard
  ) into created using change -> 'row';
  execute format(
    'select t.%3$I = r.%3$I, t.deleted_at is not null from %1$s as t, jsonb_populate_record(null::%1$s, $1) as r '
    'where t.%2$I = r.%2$I and t.%3$I >= r.%3$I',
    target, key, guard
  ) into same, gone using change -> 'row';
  if same is null then
    raise exception using
      errcode = 'CS001',
      message = format(
        'the database took the write of %s to %s without an error, and the row does not hold it. A trigger, a rule or a '
        'row-level security policy drops such writes, or changes their %s, clerk_version or deleted_at: make it leave them unchanged',
        change -> 'row' ->> key, target, key);
  end if;
  return case
    when mode <> 'upsert' and created is not null then 'deleted'
    when same and (mode <> 'upsert' or not gone) and created is null then 'unchanged'
    when gone then 'already_deleted'
    when created then 'created'
    when not created then 'updated'
    else 'stale'
  end;
end
$$;

-- Many guarded writes, for backfill. One result a change, in their order: what clerk_sync_write gives, or the error of
-- the row that could not be written. What may pass, a deadlock for one, ends the call: it is made again.
create or replace function public.clerk_sync_write_many(changes jsonb)
returns jsonb
language plpgsql volatile security invoker set search_path = ''
as $$
declare
  change jsonb;
  results jsonb[] := '{}';
  detail text;
begin
  for change in select value from jsonb_array_elements(changes) loop
    begin
      results := results || to_jsonb(public.clerk_sync_write(change));
    exception
      when serialization_failure or deadlock_detected or lock_not_available then
        raise;
      when others then
        get stacked diagnostics detail = pg_exception_detail;
        results := results || jsonb_build_object('code', sqlstate, 'message', sqlerrm, 'details', detail);
    end;
  end loop;
  return to_jsonb(results);
end
$$;

-- The write of an event with a hook: duplicate where the ledger has its message, and then nothing is written. Without a
-- change, unchanged.
create or replace function public.clerk_sync_write_once(ledger text, message text, change jsonb default null)
returns text
language plpgsql volatile security invoker set search_path = ''
as $$
declare
  events regclass := public.clerk_sync_table(ledger, array['id', 'type', 'entity_id', 'occurred_at', 'processed_at']);
  seen boolean;
begin
  execute format('select exists (select from %s where id = $1)', events) into seen using message;
  if seen then
    return 'duplicate';
  end if;
  if change is null or change = 'null' then
    return 'unchanged';
  end if;
  return public.clerk_sync_write(change);
end
$$;

-- Enters a message in the ledger, after its hook ran; false where another delivery of it was first. Fails where it is not
-- there afterwards: a trigger may have dropped it.
create or replace function public.clerk_sync_mark(ledger text, event jsonb)
returns boolean
language plpgsql volatile security invoker set search_path = ''
as $$
declare
  events regclass := public.clerk_sync_table(ledger, array['id', 'type', 'entity_id', 'occurred_at', 'processed_at']);
  marked bigint;
  kept boolean;
begin
  execute format(
    'insert into %1$s (id, type, entity_id, occurred_at, processed_at) '
    'select r.id, r.type, r.entity_id, r.occurred_at, r.processed_at '
    'from jsonb_populate_record(null::%1$s, $1) as r on conflict (id) do nothing',
    events
  ) using event;
  get diagnostics marked = row_count;
  execute format('select exists (select from %s where id = $1)', events) into kept using event ->> 'id';
  if not kept then
    raise exception using
      errcode = 'CS001',
      message = format('%s does not keep the message: a trigger, a rule or a row-level security policy drops it', events);
  end if;
  return marked = 1;
end
$$;

-- Removes the messages that were processed before this time from the ledger, and gives how many.
create or replace function public.clerk_sync_prune(ledger text, before timestamptz)
returns bigint
language plpgsql volatile security invoker set search_path = ''
as $$
declare
  events regclass := public.clerk_sync_table(ledger, array['id', 'type', 'entity_id', 'occurred_at', 'processed_at']);
  pruned bigint;
begin
  execute format('delete from %s where processed_at < $1', events) using before;
  get diagnostics pruned = row_count;
  return pruned;
end
$$;

-- What the catalog says of these tables of the schema public, for check(); null for one that is not there.
create or replace function public.clerk_sync_facts(names text[])
returns jsonb
language sql stable security invoker set search_path = ''
as $$
  select coalesce(jsonb_object_agg(named.name, case when named.id is not null then jsonb_build_object(
    'columns', (
      select coalesce(jsonb_object_agg(a.attname, jsonb_build_object(
        'notNull', a.attnotnull,
        'defaultValue', pg_get_expr(d.adbin, d.adrelid),
        'filled', a.attidentity <> '' or a.attgenerated <> '' or d.adbin is not null,
        'ignoresCase', coalesce(not c.collisdeterministic, false) or t.typname = 'citext'
      )), '{}')
      from pg_attribute a
        join pg_type t on t.oid = a.atttypid
        left join pg_collation c on c.oid = a.attcollation
        left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
      where a.attrelid = named.id and a.attnum > 0 and not a.attisdropped
    ),
    'indexes', (
      select coalesce(jsonb_agg(jsonb_build_object('primary', i.indisprimary,
        'nullsNotDistinct', coalesce(to_jsonb(i) -> 'indnullsnotdistinct' = 'true', false), 'columns', (
        select jsonb_agg(a.attname order by k.position)
        from unnest(i.indkey) with ordinality as k(attnum, position)
          join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.attnum
        where k.position <= i.indnkeyatts
      ))), '[]')
      from pg_index i
      where i.indrelid = named.id and i.indisunique and i.indimmediate and i.indpred is null and i.indexprs is null
    ),
    'references', (
      select coalesce(jsonb_agg(a.attname), '[]')
      from pg_constraint c join pg_attribute a on a.attrelid = c.conrelid and a.attnum = any (c.conkey)
      where c.conrelid = named.id and c.contype = 'f'
    )
  ) end), '{}')
  from (select name, to_regclass(format('public.%I', name)) as id from unnest(names) as name) as named
$$;

-- The CHECK constraints of a table that refuse a row: check() tries what a delete would write. Writes nothing.
create or replace function public.clerk_sync_refusing(name text, row_values jsonb)
returns text[]
language plpgsql stable security invoker set search_path = ''
as $$
declare
  found record;
  holds boolean;
  refusing text[] := '{}';
begin
  for found in
    select c.conname, pg_get_expr(c.conbin, c.conrelid) as expression
    from pg_constraint c where c.conrelid = to_regclass(format('public.%I', name)) and c.contype = 'c'
  loop
    execute format('select (%s) from jsonb_populate_record(null::public.%I, $1) as t', found.expression, name)
      into holds using row_values;
    if not holds then refusing := refusing || found.conname::text; end if;
  end loop;
  return refusing;
end
$$;

-- Supabase lets anon and authenticated execute every new function of the schema public.
revoke all on function
  public.clerk_sync_table(text, text[]),
  public.clerk_sync_write(jsonb),
  public.clerk_sync_write_many(jsonb),
  public.clerk_sync_write_once(text, text, jsonb),
  public.clerk_sync_mark(text, jsonb),
  public.clerk_sync_prune(text, timestamptz),
  public.clerk_sync_facts(text[]),
  public.clerk_sync_refusing(text, jsonb)
from public, anon, authenticated;

grant execute on function
  public.clerk_sync_table(text, text[]),
  public.clerk_sync_write(jsonb),
  public.clerk_sync_write_many(jsonb),
  public.clerk_sync_write_once(text, text, jsonb),
  public.clerk_sync_mark(text, jsonb),
  public.clerk_sync_prune(text, timestamptz),
  public.clerk_sync_facts(text[]),
  public.clerk_sync_refusing(text, jsonb)
to service_role;

-- PostgREST looks for new functions when it is notified.
notify pgrst, 'reload schema';
