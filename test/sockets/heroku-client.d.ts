// heroku-client 3.1.4 as its README has it, as far as the comparison uses it. Types only; `client.ts` is its reader.

declare module 'heroku-client' {
  interface Options {
    readonly host: string;
    readonly token: string;
    readonly timeout?: number;
  }
  class Heroku {
    constructor(options: Options);
    get(path: string): Promise<unknown>;
    post(path: string, options: { readonly body: unknown }): Promise<unknown>;
  }
  export = Heroku;
}
