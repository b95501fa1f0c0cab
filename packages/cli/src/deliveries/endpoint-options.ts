import type { Command } from 'commander'

export const withEndpoint = (command: Command) =>
  command
    .option(
      '--url <url>',
      "your route; default: /api/webhooks/clerk on this machine, on PORT or your framework's own port",
    )
    .option(
      '--secret <whsec>',
      "its signing secret; default: CLERK_WEBHOOK_SIGNING_SECRET, which keeps it out of the shell's history",
    )
