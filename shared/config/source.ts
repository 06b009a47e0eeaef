// Where configuration comes from, as a port: SSM parameters when deployed, a folder of files on one machine.

/** One parameter, as text. */
export interface ConfigText {
  /** How problems name it: `/sluice/pipelines/router`, or a file's path. */
  readonly parameter: string;
  readonly text: string;
}

export interface ConfigSource {
  /** Everything, read anew: one call a tick. */
  read(): Promise<{
    /** `name` is the last part of the parameter's path. In order of name. */
    readonly pipelines: readonly (ConfigText & { readonly name: string })[];
    readonly defaults: ConfigText | null;
  }>;
}
