import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { expect } from "chai";
import { build, type OutputFile } from "esbuild";
import { type Browser, chromium, type Page } from "playwright-core";
import { listen } from "../../../local/listen.ts";
import { samplePhoto } from "../../../local/walkthrough.ts";

/** Debian's, unless the environment names another. */
const chromiumPath = [process.env.LATCHKEY_CHROMIUM, "/usr/bin/chromium", "/usr/bin/chromium-browser"].find(
  (path) => path !== undefined && existsSync(path),
);

/** A suite that is skipped where there is no Chromium, unless the environment requires the clients. */
export function describeInChromium(title: string, define: (this: Mocha.Suite) => void): void {
  if (chromiumPath === undefined && process.env.LATCHKEY_REQUIRE_CLIENTS !== "1") {
    describe.skip(
      `${title} (skipped: there is no Chromium; apt-get install chromium, or set LATCHKEY_CHROMIUM)`,
      define,
    );
    return;
  }
  describe(title, function () {
    before(() => {
      expect(chromiumPath, "Chromium must be installed: LATCHKEY_REQUIRE_CLIENTS is 1").to.be.a("string");
    });
    define.call(this);
  });
}

export interface WebApp {
  /** A new page of the app, with `latchkey` and `show` in its window. */
  open(): Promise<Page>;
  /** The text of what esbuild made of the client and of its worker. */
  readonly bundles: { readonly client: string; readonly worker: string };
  close(): Promise<void>;
}

export interface WebAppOptions {
  /** An origin that the stack allows; nothing needs to listen there. */
  readonly origin: string;
  /** Whoever the browser would connect to by the first address it connects to by the second. */
  readonly detours: Readonly<Record<string, string>>;
  /** What else the app serves, by path. */
  readonly files?: Readonly<Record<string, [type: string, content: string | Uint8Array]>>;
}

/** `latchkey` is the client; `show` resolves to the width of the image at a URL, once it is there to be seen. */
const page = `<!doctype html>
<script type="module">
  import * as latchkey from "/client.js";
  const show = async (url) => {
    const image = Object.assign(new Image(), { src: url });
    await image.decode();
    return image.naturalWidth;
  };
  Object.assign(window, { latchkey, show });
</script>`;

/** A web app with the client in it, in a headless Chromium that takes our server for the app's origin. */
export async function startWebApp({ origin, detours, files: more = {} }: WebAppOptions): Promise<WebApp> {
  const { outputFiles } = await build({
    entryPoints: { client: "client/index.ts", "hash-worker": "client/browser/hash-worker.ts" },
    bundle: true,
    format: "esm",
    platform: "browser",
    outdir: "/",
    write: false,
  });
  const bundle = (name: string) => outputFiles.find(({ path }) => path === name) as OutputFile;
  const [client, worker] = [bundle("/client.js"), bundle("/hash-worker.js")];
  const files: Readonly<Record<string, [type: string, content: string | Uint8Array]>> = {
    ...more,
    "/": ["text/html", page],
    "/client.js": ["text/javascript", client.contents],
    "/hash-worker.js": ["text/javascript", worker.contents],
    "/chelsea.jpg": ["image/jpeg", await readFile(samplePhoto)],
  };
  const server = createServer(({ url = "" }, response) => {
    const [type, content] = files[url] ?? [];
    response.writeHead(content === undefined ? 404 : 200, {
      "content-type": type ?? "text/plain",
      // As strict as an app may be: scripts and workers of its own alone, and no code from text.
      "content-security-policy": "script-src 'self' 'unsafe-inline'; worker-src 'self'",
    });
    response.end(content);
  });
  const own = await listen(server, { port: 0, host: "127.0.0.1" });
  const rules = Object.entries({ ...detours, [origin]: own.url }).map(
    ([from, to]) => `MAP ${new URL(from).host} ${new URL(to).host}`,
  );
  const browser: Browser = await chromium.launch({
    ...(chromiumPath !== undefined && { executablePath: chromiumPath }),
    args: [`--host-resolver-rules=${rules.join(", ")}`],
  });
  return {
    bundles: { client: client.text, worker: worker.text },
    async open() {
      const opened = await browser.newPage();
      await opened.goto(origin);
      await opened.waitForFunction("window.latchkey");
      return opened;
    },
    async close() {
      await browser.close();
      await own.close();
    },
  };
}
