// The command `npm run simulator`: serves a fleet on loopback by the machine's clock until it is told to stop,
// and posts webhooks every second. Reads the fleet file; keeps nothing.

import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { endQuietly } from '../../../shared/local/pipe.ts';
import { FLEET_FORMAT, type Fleet, FleetError, fleetState, parseFleet } from './fleet.ts';
import { createSimulator, type Simulator } from './simulator.ts';

const PORT_DEFAULT = 4748;
const WEBHOOKS_EVERY_MS = 1000;
const DEFAULT_FLEET = new URL('default-fleet.yaml', import.meta.url);

const HELP = `Usage: npm run simulator -- [--port P] [--fleet FILE]

Serves a simulated Heroku (Platform API and status API) on 127.0.0.1.

  --port P      the port to listen on, 0 for any free one (default ${PORT_DEFAULT})
  --fleet FILE  pipelines and apps to start with (default: router, api and web)
  --help        this text

${FLEET_FORMAT}
`;

class UsageError extends Error {}
class PortError extends Error {}

interface Options {
  readonly port: number;
  readonly fleet: string | undefined;
  readonly help: boolean;
}

function parseOptions(args: string[]): Options {
  const { port, fleet, help } = parsed(args);
  if (port !== undefined && !(/^\d{1,5}$/.test(port) && Number(port) <= 65_535)) {
    throw new UsageError(`--port: found ${port}, expected a number from 0 to 65535`);
  }
  return { port: port === undefined ? PORT_DEFAULT : Number(port), fleet, help: help ?? false };
}

function parsed(args: string[]) {
  try {
    const options = {
      port: { type: 'string' },
      fleet: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    } as const;
    return parseArgs({ args, options }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function loadFleet(file: string | undefined): Fleet {
  const path = file ?? DEFAULT_FLEET;
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw new FleetError(`${file ?? DEFAULT_FLEET.pathname}: cannot be read (${reason})`);
  }
  return parseFleet(text, file ?? 'default-fleet.yaml');
}

async function serve({ fleet, port }: Options): Promise<void> {
  const loaded = loadFleet(fleet);
  const clock = { now: () => Date.now() };
  const simulator = createSimulator({ clock, state: fleetState(loaded, clock.now()) });
  const url = await listening(simulator, port);
  const pipeline = loaded.pipelines[0]?.name ?? 'NAME';
  process.stdout.write(
    `Simulated Heroku on ${url}\n` +
      'Try it with the real CLI (the first variable keeps it from calling particleboard.heroku.com):\n' +
      `  HEROKU_PARTICLEBOARD_URL=${url} HEROKU_HOST=${url} HEROKU_API_KEY=anything heroku pipelines:info ${pipeline}\n`,
  );
  const pump = setInterval(pumping(simulator), WEBHOOKS_EVERY_MS);
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
  clearInterval(pump);
  await simulator.close();
}

async function listening(simulator: Simulator, port: number): Promise<string> {
  try {
    return await simulator.listen(port);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    const advice = 'Choose another: npm run simulator -- --port 0';
    if (code === 'EADDRINUSE') throw new PortError(`Port ${port} is in use already. ${advice}`);
    if (code === 'EACCES')
      throw new PortError(`Port ${port} needs more rights than this user has. ${advice}`);
    throw error;
  }
}

/** Posts what is due, one round at a time: a receiver may be slower than the pump. */
function pumping(simulator: Simulator): () => void {
  let isBusy = false;
  return () => {
    if (isBusy) return;
    isBusy = true;
    simulator
      .deliverWebhooks()
      .catch((error: unknown) => process.stderr.write(`${String(error)}\n`))
      .finally(() => {
        isBusy = false;
      });
  };
}

/** The exit status: 0 stopped, 1 could not listen, 2 wrong usage or a bad fleet file. */
async function main(args: string[]): Promise<number> {
  try {
    const options = parseOptions(args);
    if (options.help) process.stdout.write(HELP);
    else await serve(options);
    return 0;
  } catch (error) {
    if (error instanceof UsageError) {
      process.stderr.write(`${error.message}\nTry: npm run simulator -- --help\n`);
      return 2;
    }
    if (error instanceof FleetError || error instanceof PortError) {
      process.stderr.write(`${error.message}\n`);
      return error instanceof PortError ? 1 : 2;
    }
    throw error;
  }
}

endQuietly(process);
process.exitCode = await main(process.argv.slice(2));
