// The name of one Sluice among those of an account: in log lines, metrics, alarms and the stack. Pure.

/** `/teams/sluice` is the service `teams/sluice`. */
export function serviceOf(prefix: string): string {
  return prefix.replace(/^\//, '');
}

/**
 * The name of its stack and dashboard, which its alarms begin with: `/teams/sluice` is `teams--sluice`. No two prefixes
 * have the same one: a hyphen in a prefix is never doubled.
 */
export function stackNameOf(service: string): string {
  return service.replaceAll('/', '--');
}
