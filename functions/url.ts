// What Lambda hands over for a request to a Function URL, and what it takes back. Only the parts that are used.
//
// Source: AWS Lambda, "Invoking Lambda function URLs", payload format 2.0.

import { toInstants } from '../shared/json.ts';

export interface UrlEvent {
  readonly rawPath: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body?: string;
  readonly isBase64Encoded?: boolean;
  readonly requestContext: {
    readonly http: { readonly method: string };
    /** Only where the URL asks for a signature of AWS's (AWS_IAM): who signed, as AWS found out. */
    readonly authorizer?: { readonly iam?: { readonly userArn?: string } };
  };
}

export interface UrlAnswer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** An answer in JSON, instants in ISO-8601. */
export function answer(
  statusCode: number,
  body: Readonly<Record<string, unknown>>,
  headers: Readonly<Record<string, string>> = {},
): UrlAnswer {
  return {
    statusCode,
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body, toInstants),
  };
}
