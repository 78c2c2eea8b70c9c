/** What a browser does for the hosted UI: follows links by hand, keeps cookies, fills in forms. No script runs. */
export interface Browser {
  /** One request, without following where it leads. */
  open(url: string | URL, init?: RequestInit): Promise<Response>;
  /** Opens a link of an app, and stops at the login page or back at the app. */
  visit(url: string | URL): Promise<{ url: string; response: Response }>;
  /** Sends the form of a page with these fields, as the page's hidden ones stand. */
  submit(page: { url: string; html: string }, fields: Record<string, string>): Promise<Response>;
}

export function createBrowser(origin: string): Browser {
  const cookies = new Map<string, string>();

  async function open(url: string | URL, init: RequestInit = {}): Promise<Response> {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const headers = { ...(cookie && { cookie }), ...Object.fromEntries(new Headers(init.headers)) };
    const response = await fetch(url, { ...init, headers, redirect: "manual" });
    for (const line of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (/; Max-Age=0/.test(line)) cookies.delete(name);
      else cookies.set(name, value);
    }
    return response;
  }

  return {
    open,
    async visit(first) {
      let url = new URL(first);
      for (;;) {
        const response = await open(url);
        const location = response.headers.get("location");
        if (location === null) return { url: url.href, response };
        url = new URL(location, url);
        if (url.origin !== origin) return { url: url.href, response };
      }
    },
    submit({ url, html }, fields) {
      const form = new URLSearchParams();
      for (const [, name = "", value = ""] of html.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)">/g)) {
        form.set(name, unescapeHtml(value));
      }
      for (const [name, value] of Object.entries(fields)) form.set(name, value);
      const action = unescapeHtml(/<form method="post" action="([^"]*)">/.exec(html)?.[1] ?? "");
      return open(new URL(action, url), { method: "POST", body: form, headers: { origin } });
    },
  };
}

function unescapeHtml(text: string): string {
  const characters: Record<string, string> = { lt: "<", gt: ">", quot: '"', apos: "'", amp: "&" };
  return text.replace(/&(\w+);/g, (entity, name) => characters[name] ?? entity);
}
