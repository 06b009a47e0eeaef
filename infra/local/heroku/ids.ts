// Ids that are the same for the same seed and the same story, and instants in Heroku's two spellings. Pure.

import { hash } from 'node:crypto';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** The uuid that belongs to a text: users, teams, regions and dynos need no place in the state. */
export function uuidOf(text: string): string {
  const hex = sha256(text);
  const variant = ((Number.parseInt(hex[16] ?? '0', 16) & 0x3) | 0x8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

export function sha256(text: string): string {
  return hash('sha256', text);
}

export function isUuid(text: string): boolean {
  return UUID.test(text);
}

/** `2025-05-17T11:37:58Z`: apps, releases, slugs, builds (recorded payloads). */
export function zulu(instant: number): string {
  return `${new Date(instant).toISOString().slice(0, 19)}Z`;
}

/** `2017-03-29T21:29:04+00:00`: pipelines, couplings, promotions (recorded payloads). */
export function offset(instant: number): string {
  return `${new Date(instant).toISOString().slice(0, 19)}+00:00`;
}

/** `2025-05-17T11:37:58.404020Z`: webhook events (recorded payload). */
export function micro(instant: number): string {
  return `${new Date(instant).toISOString().slice(0, 23)}000Z`;
}
