// Small faults, put into the shipped SQL one at a time: each guard, comparison, clause, statement, grant and policy.

export interface Mutant {
  /** The statement it is in, and the line before and after. */
  readonly name: string
  /** The whole file. */
  readonly sql: string
  /** The statement alone, where that suffices once the shipped file has run. */
  readonly replacing: string | undefined
}

type Rule = readonly [pattern: RegExp, ...replacements: readonly string[]]

const RULES: readonly Rule[] = [
  // Comparisons and logic.
  [/ < /, ' <= ', ' > '],
  [/ >= /, ' > ', ' < '],
  [/ <> /, ' = '],
  [/(?<=\bwhere\b.*|\band\b.*|\bwhen\b.*|\bjoin\b.*|\bon\b.*|return.*|,.*|\().* = (?!excluded|default)/, ' <> '],
  [/ and /, ' or '],
  [/ or (?!replace)/, ' and '],
  [/\bis not null\b/, 'is null'],
  [/\bis null\b/, 'is not null'],
  [/\bnot exists\b/, 'exists'],
  [/(?<!not )\bexists \(/, 'not exists ('],
  [/\bnot (?=has_|a\.|not_null|coalesce)/, ''],
  // Clauses and guards.
  [/\bwhere /, 'where true or ', 'where false and '],
  [/\bif (.*) then/, 'if false then', 'if true then'],
  [/\bcase when (.*?) then/, 'case when false then', 'case when true then'],
  [/\busing \((?=\w|\()/, 'using (true or '],
  [/ on conflict \(id\) do nothing/, ''],
  [/ order by [\w.]+/, ''],
  // Results.
  [/'created'/, "'updated'"],
  [/'updated'/, "'created'"],
  [/'unchanged'/, "'updated'"],
  [/(?<=^ +)when .*(?= then '\w+'$)/, 'when false', 'when true'],
  [/(?<=then |else )'(?:deleted|already_deleted|stale)'/, "'updated'", "'unchanged'"],
  [/'duplicate'/, "'unchanged'"],
  [/\b(?:return|:=) true\b/, 'return false'],
  [/, path, true\)/, ', path, false)'],
  [/, false\)/, ', true)'],
  [/ - defaulted/, ''],
  // What is asked for.
  [/, '\w+'(?=[^(]*\])/, ''],
  [/ or \w+(?= then)/, ''],
  [/, '(?:select|insert|update|delete)'/, ", 'usage'"],
  // Rights.
  [/security invoker/, 'security definer'],
  [/security_invoker = true/, 'security_invoker = false'],
  [/from public, anon, authenticated/, 'from public, anon', 'from public, authenticated'],
  [/from anon, authenticated/, 'from anon', 'from authenticated'],
  [/to service_role;/, 'to authenticated;'],
  [/to authenticated, service_role;/, 'to authenticated;', 'to service_role;'],
  [/to authenticated$/, 'to anon'],
  [/to anon, authenticated$/, 'to anon', 'to authenticated'],
  [/grant select(?=.* to authenticated)/, 'grant select, insert, update, delete'],
  [/grant select, insert, (?:update|delete)/, 'grant select, insert', 'grant select', 'grant insert, update, delete'],
  [/ public\.\w+,/, ''],
  // Tables.
  [/ primary key/, ''],
  [/ unique(?= index)/, ''],
  [/ not null default '0'/, " default '0'", ' not null', " not null default '1'"],
  [/ where deleted_at is null;/, ';'],
]

/** Statements of a line each: all but the ends of blocks. */
const WHOLE_STATEMENT = /^ *(?!end\b|notify|loop|begin|\$\$).*;$/
/** Words for people. */
const PROSE = /\b(?:a|A) trigger\b|row-level security policy/
const LISTED_FUNCTION = /^ {2}public\.clerk_sync_.*\),?$/

export function mutantsOf(file: string, sql: string): Mutant[] {
  // Inside of a function, lines after an empty one are indented.
  const statements = sql.split(/\n\n(?=\S)/)
  return statements.flatMap((statement, index) =>
    brokenLines(statement).map(({ before, after, broken }): Mutant => {
      const name = /^create or replace function public\.(\w+)/m.exec(statement)?.[1]
      return {
        name: `${name ?? file}: ${before} → ${after || 'nothing'}`,
        sql: statements.with(index, broken).join('\n\n'),
        replacing: name && broken,
      }
    }),
  )
}

function brokenLines(statement: string): { before: string; after: string; broken: string }[] {
  const lines = statement.split('\n')
  return lines.flatMap((line, index) => {
    const code = line.replace(/--.*$/, '').trimEnd()
    if (code === '' || PROSE.test(code)) return []
    const changed = RULES.flatMap(([pattern, ...replacements]) =>
      Array.from(code.matchAll(new RegExp(pattern, 'g'))).flatMap((match) =>
        replacements.map(
          (replacement) => code.slice(0, match.index) + replacement + code.slice(match.index + match[0].length),
        ),
      ),
    )
    const isCondition = /^ +(?:and|or) /.test(code) && isBalanced(code)
    if (isCondition || WHOLE_STATEMENT.test(code) || LISTED_FUNCTION.test(code)) changed.push('')
    return [...new Set(changed)].flatMap((after) =>
      after === code ? [] : [{ before: code.trim(), after: after.trim(), broken: lines.with(index, after).join('\n') }],
    )
  })
}

function isBalanced(code: string): boolean {
  return code.split('(').length === code.split(')').length
}
