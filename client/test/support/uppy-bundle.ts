import { build } from "esbuild";

/** What the page needs of either version; their own types can't stand side by side. */
export interface PageUppy {
  use(plugin: object, options: object): PageUppy;
  on(event: string, listener: (file: { readonly id: string }, progress: UppyProgress) => void): PageUppy;
  addFile(file: { name: string; type: string; data: Blob; meta?: object }): string;
  upload(): Promise<{ readonly successful: readonly object[]; readonly failed: readonly { readonly error: string }[] }>;
  pauseAll(): void;
  resumeAll(): void;
  cancelAll(): void;
}

export interface UppyProgress {
  readonly bytesUploaded: number;
  readonly bytesTotal: number;
}

export interface UppyModule {
  readonly Uppy: new (options?: object) => PageUppy;
  readonly AwsS3: object;
}

const packages = {
  v5: { core: "@uppy/core", plugin: "@uppy/aws-s3", alias: {} },
  // Its plugin knows the core by the name that the other version has here.
  v6: { core: "uppy-core-v6", plugin: "uppy-aws-s3-v6", alias: { "@uppy/core": "uppy-core-v6" } },
} as const;

export type UppyVersion = keyof typeof packages;

/** The text of a module that puts the real packages, as npm has them, into the page's `uppy`. */
export async function bundleUppy(version: UppyVersion): Promise<string> {
  const { core, plugin, alias } = packages[version];
  const contents = `import Uppy from "${core}"; import AwsS3 from "${plugin}"; Object.assign(window, { uppy: { Uppy, AwsS3 } });`;
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: import.meta.dirname },
    bundle: true,
    format: "esm",
    platform: "browser",
    alias,
    write: false,
  });
  return outputFiles[0]?.text ?? "";
}
