// The page to look at first: everything that is measured, in the order of the runbook.

import { describe, expect, it } from 'vitest';
import { alarmTable, entriesOf } from '../../infra/alarms/table.ts';
import { METRICS } from '../../shared/metrics.ts';
import { alarmsOnGraphs, watched } from './watched.ts';

const { widgets, dashboardName, dashboardUrl } = watched();
const inOrder = [...widgets].sort((a, b) => a.y - b.y || a.x - b.x);

describe('The dashboard', () => {
  it('is called after the service, and found by its link', () => {
    expect(dashboardName).toBe('sluice');
    expect(dashboardUrl).toBe(
      'https://<AWS::Region>.console.aws.amazon.com/cloudwatch/home?region=<AWS::Region>#dashboards/dashboard/sluice',
    );
    const other = watched({ service: 'sluice/prod' });
    expect(other.dashboardName).toBe('sluice--prod');
    expect(other.dashboardUrl).toMatch(/\/sluice--prod$/);
  });

  it('says first what to type, with the prefix of this stack', () => {
    const [first] = watched({ service: 'sluice/prod' }).widgets;
    const text = first?.properties.markdown ?? '';
    for (const command of [
      './sluice status --prefix /sluice/prod',
      './sluice why PIPELINE --prefix /sluice/prod',
      './sluice doctor --prefix /sluice/prod',
      './sluice hold PIPELINE --reason "…" --prefix /sluice/prod',
    ]) {
      expect(text).toContain(`\`${command}\``);
    }
    expect(text).toMatch(/`aws logs tail <ScanLogs\w+> --since 1h`/);
  });

  it('shows the state of every alarm next', () => {
    expect(inOrder[1]?.type).toBe('alarm');
    expect(inOrder[1]?.properties.alarms).toHaveLength(alarmTable(1).length);
  });

  it('then has a graph for every alarm, in the order of the runbook', () => {
    expect(alarmsOnGraphs(widgets)).toEqual(entriesOf(alarmTable(1)));
  });

  it('shows every metric there is', () => {
    const shown = new Set(
      widgets
        .flatMap(({ properties }) => properties.metrics ?? [])
        .map(([namespace, name]) => `${namespace} ${name}`),
    );
    for (const name of Object.keys(METRICS)) expect(shown).toContain(`Sluice ${name}`);
    for (const name of ['Errors', 'Throttles', 'Duration', 'ConcurrentExecutions', 'UrlRequestCount']) {
      expect(shown).toContain(`AWS/Lambda ${name}`);
    }
    expect(shown).toContain('AWS/SQS NumberOfMessagesSent');
    expect(shown).toContain('AWS/SQS ApproximateNumberOfMessagesVisible');
  });

  it('ends with the latest warnings and errors of all functions', () => {
    const last = inOrder.at(-1);
    expect(last?.type).toBe('log');
    expect(last?.properties.query).toMatch(
      /SOURCE '<ScanLogs\w+>' \| SOURCE '<PromoteLogs\w+>' \| SOURCE '<WebhookLogs\w+>' \| SOURCE '<ApiLogs\w+>' \| fields @timestamp/,
    );
  });

  it('fills its rows', () => {
    const rows = Map.groupBy(widgets, ({ y }) => y);
    for (const row of rows.values()) expect(row.reduce((sum, { width }) => sum + width, 0)).toBe(24);
  });
});
