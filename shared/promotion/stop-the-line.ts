// The whole pipeline is held until a person has looked: something happened that must never happen.

import type { Pipeline } from '../domain/pipeline.ts';
import type { UnreadRecord } from '../table/shapes.ts';
import type { PromotionPorts } from './ports.ts';

/** The pipeline is held for a record that cannot be read: once, and again after somebody lifts it, until it can be read. */
export async function holdFor(
  { row, message }: UnreadRecord,
  pipeline: Pipeline,
  ports: PromotionPorts,
): Promise<void> {
  const id = `unread-${row.replaceAll('#', '-')}`;
  const { holds } = await ports.table.stops(pipeline.id, pipeline.predecessors);
  if (holds.some((hold) => hold.id === id)) return;
  await stopTheLine(pipeline, message, ports, id);
}

/** Something that must never happen did: the whole pipeline is held until a person has looked. */
export async function stopTheLine(
  pipeline: Pipeline,
  message: string,
  ports: PromotionPorts,
  id = ports.newId(ports.clock.now()),
): Promise<void> {
  const now = ports.clock.now();
  ports.log('error', `${pipeline.name}: ${message}`);
  await ports.table.writeHold({
    id,
    pipelineId: pipeline.id,
    wave: null,
    reason: message,
    owner: 'sluice',
    placedAt: now,
    expiresAt: null,
    liftedAt: null,
    liftedBy: null,
  });
  await ports.bus.publish([{ type: 'SafetyAlarm', pipeline: pipeline.name, message }]);
}
