// Global set-up of the projects that test with Redis: the tests start their own servers, by the commands that this finds.
import { REDIS_VARIABLES, redisCommand } from './databases/redis.mjs'

export default async function setup() {
  for (const kind of ['redis', 'valkey'] as const) {
    process.env[REDIS_VARIABLES[kind]] ??= JSON.stringify(
      await redisCommand(kind, (text) => console.log(`${kind.padEnd(8)} ${text}`)),
    )
  }
}
