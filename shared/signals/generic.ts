// The generic callback: anyone with a secret tells one result, about an app, a commit, or a commit on an app.
//
// `{"name": "direwolf", "app": "router-qa01", "commit": "…", "state": "success", "url": "…", "at": "ISO-8601"}`

import * as z from 'zod';
import { orderOf } from './order.ts';
import {
  commit,
  type Delivery,
  instant,
  isWebUrl,
  type Misshapen,
  name,
  type Reading,
  type Sender,
  shape,
} from './sender.ts';
import { TOLERANCE_MS } from './signature.ts';

const APP = 'the name or uuid of a Heroku app';
const URL_EXPECTED = 'an http or https address';
const SUBJECT = 'an app, a commit, or both';

const schema = z
  .strictObject({
    name,
    app: z
      .string({ error: APP })
      .regex(/^[a-z0-9][a-z0-9-]{1,63}$/i, { error: APP })
      .nullish(),
    commit: commit.nullish(),
    state: z.enum(['success', 'failure', 'pending']),
    url: z.string({ error: URL_EXPECTED }).refine(isWebUrl, { error: URL_EXPECTED }).nullish(),
    at: instant,
  })
  .refine((it) => Boolean(it.app ?? it.commit), { path: ['app'], error: SUBJECT });

/**
 * The sender that posts to `/signals/<source>`.
 *
 * A result from the future is refused, as far as the signature's tolerance does not cover it: until that time came
 * nothing could outdate it.
 */
export function generic(source: string): Sender {
  return {
    scheme: 'generic',
    parse({ body, digest, receivedAt }: Delivery): Reading | Misshapen {
      const notAhead = schema.refine((it) => it.at <= receivedAt + TOLERANCE_MS, {
        path: ['at'],
        error: `a time that has come; it is ${new Date(receivedAt).toISOString()} here`,
      });
      const read = shape(notAhead, body);
      if (!read.ok) return read;
      const { app = null, commit: about = null, url = null, ...told } = read.value;
      const order = orderOf(told.state, [told.at], null);
      const identity = JSON.stringify(['signal', told.name, app?.toLowerCase() ?? null]);
      const signal = { ...told, app, commit: about, url, source, identity, order, deliveryId: digest };
      const concerns = [app, about].filter((subject) => subject !== null);
      return { ok: true, deliveryId: digest, signals: [signal], concerns, note: 'result' };
    },
  };
}
