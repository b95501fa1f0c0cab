import { NestFactory } from '@nestjs/core'
import type { NestExpressApplication } from '@nestjs/platform-express'
import { AppModule } from './app.module.js'

// The signature is over the bytes of the body: rawBody keeps them. Clerk's bodies reach 1 MiB, and Nest takes 100 KB.
const app = await NestFactory.create<NestExpressApplication>(AppModule, { rawBody: true })
app.useBodyParser('json', { limit: '1mb' })
app.enableShutdownHooks()
await app.listen(process.env.PORT ?? 3000)
