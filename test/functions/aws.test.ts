// AWS that stands still: nothing waits for it without end.

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { GetParametersCommand, SSMClient } from '@aws-sdk/client-ssm';
import { afterEach, expect, it } from 'vitest';
import { requestHandler } from '../../functions/aws.ts';

const server = createServer();
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

it.each([
  ['says nothing', () => {}],
  ['stops in the middle of its answer', (start: () => void) => start()],
])('a service that %s is given up on', async (_what, answer) => {
  server.removeAllListeners('request');
  server.on('request', (_request, response) =>
    answer(() => {
      response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1', 'content-length': '100' });
      response.write('{');
    }),
  );
  if (!server.listening) await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const client = new SSMClient({
    endpoint: `http://127.0.0.1:${port}`,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    maxAttempts: 1,
    requestHandler: requestHandler(100),
  });
  await expect(client.send(new GetParametersCommand({ Names: ['/a'] }))).rejects.toThrow();
});
