// What the functions say: one JSON object a line, and metrics in CloudWatch's embedded format.

import { afterEach, describe, expect, it, vi } from 'vitest';
import { createTelemetry } from '../../functions/telemetry.ts';

/** The lines that are written meanwhile. */
function linesOf(work: () => void): readonly Record<string, unknown>[] {
  const lines: string[] = [];
  const take = (chunk: unknown) => {
    lines.push(String(chunk));
    return true;
  };
  vi.spyOn(process.stdout, 'write').mockImplementation(take);
  vi.spyOn(process.stderr, 'write').mockImplementation(take);
  try {
    work();
  } finally {
    vi.restoreAllMocks();
  }
  return lines.flatMap((line) => line.trim().split('\n')).map((line) => JSON.parse(line));
}

afterEach(() => {
  vi.restoreAllMocks();
});

describe('A line of the log', () => {
  it('says which Sluice, which function, which request, and what the message is about', () => {
    const [line] = linesOf(() => {
      const { log, begin } = createTelemetry('scan', '/sluice/prod');
      begin('request-1');
      log('warn', 'web: skipped', { pipeline: 'web' });
    });
    expect(line).toMatchObject({
      level: 'WARN',
      message: 'web: skipped',
      service: 'sluice/prod',
      function: 'scan',
      requestId: 'request-1',
      pipeline: 'web',
    });
  });
});

describe('A measurement', () => {
  it('is one line, with the service as its only dimension', () => {
    const lines = linesOf(() =>
      createTelemetry('scan', '/sluice').measure({ TicksSucceeded: 1, HerokuCallsLeft: 4321 }),
    );
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({
      _aws: {
        CloudWatchMetrics: [
          {
            Namespace: 'Sluice',
            Dimensions: [['service']],
            Metrics: [
              { Name: 'TicksSucceeded', Unit: 'Count' },
              { Name: 'HerokuCallsLeft', Unit: 'Count' },
            ],
          },
        ],
      },
      service: 'sluice',
      TicksSucceeded: 1,
      HerokuCallsLeft: 4321,
    });
  });

  it('of nothing is no line', () => {
    expect(linesOf(() => createTelemetry('scan', '/sluice').measure({}))).toEqual([]);
  });
});
