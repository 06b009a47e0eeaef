// Where an API lives: checks an address from the configuration and tells the project's name to the server.
// Pure but for reading package.json at load.

import project from '../../package.json' with { type: 'json' };

/** Sent with every request, so that Heroku can tell who calls. */
export const userAgent = `sluice/${project.version}`;

const loopback = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/**
 * The origin of an API, for example `https://api.heroku.com`.
 * Throws a TypeError for anything else: heroku-client silently drops a path prefix, and plain http would show the
 * token to the network, so http is for the loopback interface only. The message never repeats credentials or text
 * that is not an address, because a token pasted into the wrong parameter would end in a log.
 */
export function apiOrigin(address: string, parameter: string): URL {
  const wanted = `expected an origin like https://api.heroku.com; correct ${parameter}`;
  if (!URL.canParse(address)) {
    throw new TypeError(
      `${parameter}: found a text of ${address.length} characters that is no URL, ${wanted}`,
    );
  }
  const url = new URL(address);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    throw new TypeError(`${parameter}: found the scheme ${url.protocol}, ${wanted}`);
  }
  if (url.username !== '' || url.password !== '') {
    throw new TypeError(`${parameter}: found a user name or password in the address, ${wanted}`);
  }
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '') {
    throw new TypeError(`${parameter}: found ${url.origin} followed by a path, query or fragment, ${wanted}`);
  }
  if (url.protocol === 'http:' && !loopback.test(url.hostname)) {
    throw new TypeError(
      `${parameter}: found http to ${url.hostname}, which anyone on the way could read and change; ${wanted}`,
    );
  }
  return url;
}
