// Heroku: a release of an app. It records nothing: what runs is read from Heroku itself, so a release is only a hint
// that wakes the pipeline of the app.
//
// Source: Heroku, "App Webhooks", and a payload recorded 2025-05. Redeliveries repeat `webhook_metadata.event.id`.

import * as z from 'zod';
import {
  type Delivery,
  eventId,
  ignored,
  looseName,
  type Misshapen,
  type Reading,
  type Sender,
  shape,
} from './sender.ts';

const RELEASE = 'api:release';

const event = z.object({
  webhook_metadata: z.object({ event: z.object({ id: eventId, include: z.string() }) }),
});

const app = z.string().min(1).max(64);

const release = z.object({
  data: z.object({
    app: z.object({ id: app, name: app }),
    // Fir apps have no slug, and not every slug was built from a commit.
    slug: z.object({ commit: looseName }).nullish().catch(null),
  }),
});

export const heroku: Sender = {
  scheme: 'heroku',
  parse({ body }: Delivery): Reading | Misshapen {
    const told = shape(event, body);
    if (!told.ok) return told;
    const { id: deliveryId, include } = told.value.webhook_metadata.event;
    if (include !== RELEASE) return ignored(deliveryId, 'not an event that is used');
    const read = shape(release, body);
    if (!read.ok) return read;
    const { app: of, slug } = read.value.data;
    const commit = slug?.commit?.toLowerCase();
    return {
      ok: true,
      deliveryId,
      signals: [],
      concerns: [of.id, of.name, ...(commit ? [commit] : [])],
      note: RELEASE,
    };
  },
};
