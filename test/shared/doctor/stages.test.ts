// What `sluice doctor` says at each stage of an installation.

import { expect, it } from 'vitest';
import { allWell, MINUTE, NOW, nothingDeployed } from './installation.ts';

it('nothing deployed', async () => {
  const sluice = await nothingDeployed();
  expect(await sluice.printed()).toMatchInlineSnapshot(`
    "Stack
      ✗  /sluice/stack  nothing under /sluice; expected the parameter that the stack writes when it is
                        deployed, in this account and region
                        →  npx cdk deploy

    1 problem.  /sluice in eu-west-1
    "
  `);
});

it('deployed a moment ago, without a token', async () => {
  const sluice = (await nothingDeployed()).deploy(NOW - MINUTE);
  expect(await sluice.printed()).toMatchInlineSnapshot(`
    "Stack
      ✓  version  0.1.0
      ✓  table    sluice-Table answers; 0 pipelines in it

    Parameters
      ✗  heroku/token  not set; expected a Heroku authorization of a machine user
                       →  heroku authorizations:create -S -s write | sluice secrets set heroku/token
                          (signed in as the machine user)

    Pipelines
      !  none  no pipeline is configured yet: there is nothing to promote; expected a parameter for
               each, such as /sluice/pipelines/router
               →  sluice config push DIR
                  (DIR: a folder with pipelines/router.yaml in it: docs/install.md, "The first
                  pipeline")

    Webhooks
      ✓  url  https://hooks.example/ answers

    Ticks
      !  last tick  none yet: the stack is new
                    →  sluice doctor
                       (in a minute or two)

    1 problem, 2 warnings.  /sluice in eu-west-1
    "
  `);
});

it('a token, but no pipeline', async () => {
  const sluice = (await allWell()).remove('/sluice/pipelines/router').remove('/sluice/webhooks/github');
  expect(withoutPort(await sluice.printed())).toMatchInlineSnapshot(`
    "Stack
      ✓  version  0.1.0
      ✓  table    sluice-Table answers; 0 pipelines in it

    Parameters
      ✓  all             3 under /sluice, each known and of the right type
      ✓  heroku/api-url  http://127.0.0.1:5001

    Token
      ✓  heroku/token  scope write
      ✓  rate limit    4500 calls left; 75 come back each minute
      ✓  apps          answers; accepts global, read, read-protected, write, write-protected
      ✓  pipelines     answers; accepts global, read, read-protected, write, write-protected

    Pipelines
      !  none  no pipeline is configured yet: there is nothing to promote; expected a parameter for
               each, such as /sluice/pipelines/router
               →  sluice config push DIR
                  (DIR: a folder with pipelines/router.yaml in it: docs/install.md, "The first
                  pipeline")

    Webhooks
      ✓  url  https://hooks.example/ answers

    Clock
      ✓  this machine  2026-11-23 12:00Z, as Heroku has it

    Ticks
      ✓  last tick  2026-11-23 11:58Z, 2m ago (recorded every 5 minutes while ticks go well)

    1 warning.  /sluice in eu-west-1
    "
  `);
});

it('all well', async () => {
  const sluice = await allWell();
  expect(withoutPort(await sluice.printed())).toMatchInlineSnapshot(`
    "Stack
      ✓  version  0.1.0
      ✓  table    sluice-Table answers; 0 pipelines in it

    Parameters
      ✓  all             5 under /sluice, each known and of the right type
      ✓  heroku/api-url  http://127.0.0.1:5001

    Token
      ✓  heroku/token     scope write
      ✓  rate limit       4500 calls left; 75 come back each minute
      ✓  apps             answers; accepts global, read, read-protected, write, write-protected
      ✓  pipelines        answers; accepts global, read, read-protected, write, write-protected
      ✓  couplings        answers; accepts global, read, read-protected, write, write-protected
      ✓  newest releases  answers; accepts global, read, read-protected, write, write-protected
      ✓  releases         answers; accepts global, read, read-protected, write, write-protected
      ✓  slugs            answers; accepts global, read, read-protected, write, write-protected
      ✓  promote          not tried, since it would promote: its scope is what speaks for it

    Pipelines
      ✓  router    promotes; 3 apps in 2 waves: qa, world
      ✓  releases  the newest of each app can be read (3 apps)

    Webhooks
      ✓  github  set; ci of router waits for it
      ✓  url     https://hooks.example/ answers

    Clock
      ✓  this machine  2026-11-23 12:00Z, as Heroku has it

    Ticks
      ✓  last tick  2026-11-23 11:58Z, 2m ago (recorded every 5 minutes while ticks go well)

    All is well.  /sluice in eu-west-1
    "
  `);
});

const withoutPort = (text: string): string => text.replace(/127\.0\.0\.1:\d+/g, '127.0.0.1:5001');
