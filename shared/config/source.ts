// Where configuration comes from, as a port: SSM parameters when deployed, a folder of files on one machine.

import type { ConfigProblem } from './problem.ts';

/** One parameter, as text. */
export interface ConfigText {
  /** How problems name it: `/sluice/pipelines/router`, or a file's path. */
  readonly parameter: string;
  readonly text: string;
  /** Why the text is not looked into: what lies there is no text of ours. */
  readonly unread?: ConfigProblem;
}

export interface ConfigTexts {
  /** `name` is the last part of the parameter's path. In order of name. */
  readonly pipelines: readonly (ConfigText & { readonly name: string })[];
  readonly defaults: ConfigText | null;
  /** Why nothing of it may be used, and nothing of it is given: it was being changed while it was read. */
  readonly unsettled?: ConfigProblem;
}

/** Where the defaults belong. */
export interface DefaultsPlace {
  /** As in `ConfigText`. */
  readonly parameter: string;
  /** What puts them back. */
  readonly restore: string;
  /** The command that says that there are to be none. */
  readonly empty: string;
}

export interface ConfigSource {
  /** Everything, read anew: once a tick. */
  read(): Promise<ConfigTexts>;
  /** One pipeline's text and the defaults, read anew; where there is none, `read` is as good. */
  readOne?(name: string): Promise<ConfigTexts>;
  readonly defaultsPlace: DefaultsPlace;
}
