import type { toLambdaHandler } from '@clerk-sync/core/lambda'
import type { HandlerEvent, Handler as NetlifyHandler } from '@netlify/functions'
import type {
  ALBEvent,
  ALBHandler,
  APIGatewayProxyEvent,
  APIGatewayProxyEventV2,
  APIGatewayProxyHandler,
  APIGatewayProxyHandlerV2,
  LambdaFunctionURLEvent,
  LambdaFunctionURLHandler,
} from 'aws-lambda'
import { expectTypeOf } from 'vitest'

// Checked by tsc: the handler is what each host's own types call one, and takes each host's event.

type Handler = ReturnType<typeof toLambdaHandler>

expectTypeOf<Handler>().toExtend<APIGatewayProxyHandler>()
expectTypeOf<Handler>().toExtend<APIGatewayProxyHandlerV2>()
expectTypeOf<Handler>().toExtend<LambdaFunctionURLHandler>()
expectTypeOf<Handler>().toExtend<ALBHandler>()
expectTypeOf<Handler>().toExtend<NetlifyHandler>()

declare const handler: Handler
declare const events: {
  rest: APIGatewayProxyEvent
  http: APIGatewayProxyEventV2
  url: LambdaFunctionURLEvent
  alb: ALBEvent
  netlify: HandlerEvent
}
handler(events.rest)
handler(events.http)
handler(events.url)
handler(events.alb)
handler(events.netlify)
// @ts-expect-error a Request is no event
handler(new Request('https://example.com', { method: 'POST', body: '{}' }))
