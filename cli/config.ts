// sluice config validate [dir] | diff <dir> | push <dir> | pull <dir>

import type { AddVerb } from './verb.ts';

const FOLDER = 'a folder with pipelines/<name>.yaml and, if there are any, defaults.yaml';

/** What each does is loaded only when it is used. */
export const addConfig: AddVerb = (program, _act, actAlone) => {
  const config = program
    .command('config')
    .helpCommand('help [command]', 'this help, or that of a command')
    .summary('the configuration: a folder of YAML, and the parameters it becomes')
    .description(
      'The configuration of a deployed Sluice is SSM parameters below a prefix (--prefix, default /sluice). People keep it as a folder of YAML files in git, the same that npm start -- --config DIR reads; these commands bring the two together.',
    )
    .addHelpText('after', '\nExample:\n  sluice config diff config');
  config
    .command('validate')
    .summary('every problem of a folder, or of what is deployed')
    .description(
      'Reads a folder without asking AWS, or without a folder what is deployed, and tells every problem: the file, the place in it, what was found and what is expected. Ends with 1 if there is any. It does not ask Heroku: whether it has these pipelines and apps, the first tick says.',
    )
    .argument('[dir]', FOLDER)
    .addHelpText('after', '\nExamples:\n  sluice config validate config\n  sluice config validate')
    .action((dir: string | undefined) =>
      actAlone(async (reach) => (await import('./config/validate.ts')).validate(reach, dir)),
    );
  config
    .command('diff')
    .summary('what a push would do')
    .description('Tells what a push of the folder would add and change, and what is not in it.')
    .argument('<dir>', FOLDER)
    .option('--exit-code', 'end with 1 when there are differences')
    .addHelpText('after', '\nExample:\n  sluice config diff config --exit-code')
    .action((dir: string, options: { exitCode?: boolean }) =>
      actAlone(async (reach) => (await import('./config/push.ts')).diff(reach, dir, options)),
    );
  config
    .command('push')
    .summary('put a folder in place')
    .description(
      'Writes what differs, one parameter after the other, and nothing if the folder has a problem. A tick in between looks at no pipeline; after a push that was interrupted none does until another completes it. Parameters that are not in the folder are kept. Secrets are never pushed: sluice secrets set.',
    )
    .argument('<dir>', FOLDER)
    .option('--prune', 'delete pipelines that are not in the folder; without defaults there, empty them')
    .option('--dry-run', 'only tell what it would do')
    .addHelpText('after', '\nExamples:\n  sluice config push config --dry-run\n  sluice config push config')
    .action((dir: string, options: { prune?: boolean; dryRun?: boolean }) =>
      actAlone(async (reach) => (await import('./config/push.ts')).push(reach, dir, options)),
    );
  config
    .command('pull')
    .summary('write what is deployed to a folder')
    .description(
      'Writes every pipeline and the defaults to files, byte for byte. Files that differ are overwritten only with --force; files of what is not deployed are kept.',
    )
    .argument('<dir>', 'the folder; it is made if there is none')
    .option('--force', 'overwrite files that differ')
    .addHelpText('after', '\nExample:\n  sluice config pull config')
    .action((dir: string, options: { force?: boolean }) =>
      actAlone(async (reach) => (await import('./config/pull.ts')).pull(reach, dir, options)),
    );
};
