// The local AWS as the tests look at it: by the SDK where there is a client, else by a request of its own. The endpoint
// takes any signature; what it reads in it is which service and region are meant.

import { request } from 'node:http';
import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { SSMClient } from '@aws-sdk/client-ssm';
import { CREDENTIALS, REGION } from './environment.ts';

export interface Aws {
  readonly dynamo: DynamoDBClient;
  readonly ssm: SSMClient;
  readonly events: EventBridgeClient;
  /** Of the services that speak JSON. `target` is the value of `X-Amz-Target`. */
  json(service: string, target: string, body: object): Promise<Record<string, unknown>>;
  /** Of the services that speak XML: the answer as it is, whatever its status. */
  xml(service: string, action: string, parameters?: Readonly<Record<string, string>>): Promise<string>;
  /** Posts to a Function URL. */
  post(url: string, body: string, headers: Readonly<Record<string, string>>): Promise<Answer>;
  close(): void;
}

export interface Answer {
  readonly status: number;
  readonly body: string;
}

export function createAws(endpoint: string): Aws {
  const settings = { endpoint, region: REGION, credentials: CREDENTIALS };
  const dynamo = new DynamoDBClient(settings);
  const ssm = new SSMClient(settings);
  const events = new EventBridgeClient(settings);
  const send = (service: string, headers: Record<string, string>, body: string): Promise<Response> => {
    const scope = `${CREDENTIALS.accessKeyId}/20260101/${REGION}/${service}/aws4_request`;
    const authorization = `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=0`;
    return fetch(endpoint, { method: 'POST', headers: { ...headers, authorization }, body });
  };
  return {
    dynamo,
    ssm,
    events,
    async json(service, target, body) {
      const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': target };
      const answer = await send(service, headers, JSON.stringify(body));
      const text = await answer.text();
      if (!answer.ok) throw new Error(`${target}: ${answer.status} ${text}`);
      return JSON.parse(text) as Record<string, unknown>;
    },
    async xml(service, action, parameters = {}) {
      const headers = { 'content-type': 'application/x-www-form-urlencoded' };
      const body = new URLSearchParams({ Action: action, ...VERSIONS[service], ...parameters });
      return (await send(service, headers, body.toString())).text();
    },
    post: (url, body, headers) => postTo(endpoint, new URL(url), body, headers),
    close: () => {
      for (const client of [dynamo, ssm, events]) client.destroy();
    },
  };
}

const VERSIONS: Readonly<Record<string, { Version: string }>> = {
  cloudformation: { Version: '2010-05-15' },
  monitoring: { Version: '2010-08-01' },
};

/** The URL's host does not resolve: the endpoint answers for it, told by the `Host` header, which `fetch` will not set. */
function postTo(
  endpoint: string,
  url: URL,
  body: string,
  headers: Readonly<Record<string, string>>,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(
      new URL(url.pathname, endpoint),
      { method: 'POST', headers: { 'content-type': 'application/json', ...headers, host: url.host } },
      (response) => {
        let text = '';
        response.on('data', (chunk: Buffer) => {
          text += chunk.toString();
        });
        response.on('error', reject);
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body: text }));
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}

/** What CloudFormation made for a stack: its physical ids, by logical id. Empty when there is no such stack. */
export async function resourcesOf(aws: Aws, stack: string): Promise<ReadonlyMap<string, string>> {
  const xml = await aws.xml('cloudformation', 'DescribeStackResources', { StackName: stack });
  const members = xml.match(/<member>[\s\S]*?<\/member>/g) ?? [];
  const text = (member: string, tag: string) => new RegExp(`<${tag}>([^<]*)<`).exec(member)?.[1] ?? '';
  return new Map(members.map((one) => [text(one, 'LogicalResourceId'), text(one, 'PhysicalResourceId')]));
}

/** Every row of a table. */
export async function rowsOf(aws: Aws, table: string): Promise<readonly Record<string, unknown>[]> {
  const rows: Record<string, unknown>[] = [];
  let start: Record<string, never> | undefined;
  do {
    const page = await aws.dynamo.send(
      new ScanCommand({ TableName: table, ConsistentRead: true, ...(start && { ExclusiveStartKey: start }) }),
    );
    rows.push(...(page.Items ?? []));
    start = page.LastEvaluatedKey as Record<string, never> | undefined;
  } while (start !== undefined);
  return rows;
}
