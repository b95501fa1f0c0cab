import { SQSClient } from '@aws-sdk/client-sqs'

/** AWS' client, for the emulator. */
export function sqsClient(endpoint: string): SQSClient {
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' }
  return new SQSClient({ endpoint, region: 'us-east-1', credentials })
}
