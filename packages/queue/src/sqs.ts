export { type SqsLambdaEvent, type SqsLambdaOptions, type SqsLambdaResult, toSqsLambdaHandler } from './sqs-lambda.ts'
export { type SqsQueueOptions, sqsQueue } from './sqs-queue.ts'
export { consumeSqs, type SqsWorkerOptions } from './sqs-worker.ts'
