import type { SqlFile } from '../kit/database.ts'

type Accepted = readonly (readonly [fault: string, reason: string])[]

const PATH = "perform set_config('search_path', path, true); → perform set_config('search_path', path, false);"
const LEDGER =
  "events regclass := public.clerk_sync_table(ledger, array['id', 'type', 'entity_id', 'occurred_at', 'processed_at']); →"
const TARGET =
  "target regclass := public.clerk_sync_table(change ->> 'table', array[key, 'clerk_version', 'deleted_at']);"

const kept = (name: string): Accepted[number] => [
  `${name}: ${PATH}`,
  'the path that stays is the one that the caller had, and PostgREST sets it anew for each request',
]
const named = (name: string, columns: string): Accepted[number] => [
  `${name}: ${LEDGER} events regclass := public.clerk_sync_table(ledger, array[${columns}]);`,
  'the statement after it names the column itself, and is refused with the same code',
]

/** Faults that no probe notices, each with the reason why nothing is lost, doubled or shown. */
export const ACCEPTED: Readonly<Record<SqlFile, Accepted>> = {
  functions: [
    ...[
      'drop_letter',
      'keep_beside',
      'link',
      'mark',
      'park',
      'prune',
      'prune_tombstones',
      'refusing',
      'remove_older',
      'replace',
      'write_beside',
      'write_in_row',
      'write_parts',
    ].map((name) => kept(`clerk_sync_${name}`)),
    named('clerk_sync_mark', "'id', 'entity_id', 'occurred_at', 'processed_at'"),
    named('clerk_sync_mark', "'id', 'type', 'occurred_at', 'processed_at'"),
    named('clerk_sync_mark', "'id', 'type', 'entity_id', 'processed_at'"),
    named('clerk_sync_mark', "'id', 'type', 'entity_id', 'occurred_at'"),
    named('clerk_sync_prune', "'id', 'type', 'entity_id', 'occurred_at'"),
    ...['remove_older', 'replace'].flatMap((name) =>
      ["'clerk_version'", "'deleted_at'"].map((column): Accepted[number] => [
        `clerk_sync_${name}: ${TARGET} → ${TARGET.replace("'clerk_version', 'deleted_at'", column)}`,
        'the statement after it names the column itself, and is refused with the same code',
      ]),
    ),
    ...["'clerk_version'", "'deleted_at'"].map((column): Accepted[number] => {
      const target = "target := public.clerk_sync_table(which ->> 'table', array[key, 'clerk_version', 'deleted_at']);"
      return [
        `clerk_sync_prune_tombstones: ${target} → ${target.replace("'clerk_version', 'deleted_at'", column)}`,
        'the statement after it names the column itself, and is refused with the same code',
      ]
    }),
    [
      "clerk_sync_prune_tombstones: '    and v.id <> all (array(select t.%3$I::text from %2$s as t where t.%3$I = any ($2)))' → " +
        "'    and v.id <> all (array(select t.%3$I::text from %2$s as t where true or t.%3$I = any ($2)))'",
      'more rows are read, and the versions are those of the keys in any case',
    ],
    [
      "clerk_sync_write_parts: 'select %3$s from jsonb_array_elements($1) with ordinality as given(part, place), %4$s order by given.place ' → " +
        "'select %3$s from jsonb_array_elements($1) with ordinality as given(part, place), %4$s '",
      'jsonb_array_elements gives them in their order',
    ],
    ['clerk_sync_replace: where n.name <> key; → where true or n.name <> key;', 'the key is set to what it is'],
    [
      'clerk_sync_refuses_null: if of_domain and not not_null then → if of_domain or not not_null then',
      'other types are asked too, and say what the catalog says',
    ],
    [
      "clerk_sync_facts: 'nullsNotDistinct', coalesce(to_jsonb(i) -> 'indnullsnotdistinct' = 'true', false), 'columns', ( → " +
        "'nullsNotDistinct', coalesce(to_jsonb(i) -> 'indnullsnotdistinct' = 'true', true), 'columns', (",
      'differs before PostgreSQL 15 alone, and check() then warns of a unique index that would not refuse two NULLs',
    ],
    [
      'clerk_sync_facts: select jsonb_agg(a.attname order by k.position) → select jsonb_agg(a.attname)',
      'unnest gives the columns in their order, and no rule of check() depends on it',
    ],
  ],
  tables: [['tables: using (false); → nothing', 'a policy without a condition lets nobody read either']],
  parts: [],
  plans: [],
  organizations: [],
  versions: [['versions: using (false); → nothing', 'a policy without a condition lets nobody read either']],
}
