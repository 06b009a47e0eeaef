// `sluice history router | head`: who reads may go before everything is written, and that is no error.

interface Writer {
  readonly stdout: NodeJS.EventEmitter;
  readonly stderr: NodeJS.EventEmitter;
}

/** `onGone`: the reader of what is printed has gone, so there is nobody to go on for. */
export function endQuietly({ stdout, stderr }: Writer, onGone: () => void = () => {}): void {
  const ignore = (then: () => void) => (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    then();
  };
  stdout.on('error', ignore(onGone));
  stderr.on(
    'error',
    ignore(() => {}),
  );
}
