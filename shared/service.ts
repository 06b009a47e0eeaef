// The name of one Sluice among those of an account: in log lines, metrics, alarms and the stack. Pure.

/** `/sluice/prod` is the service `sluice/prod`. */
export function serviceOf(prefix: string): string {
  return prefix.replace(/^\//, '');
}
