import { createHash } from "node:crypto";
import { type HttpReply, uncached } from "../http.ts";
import { Html, html } from "./html.ts";

const style = `
  :root { color-scheme: light dark; --ink: #1b1f24; --paper: #fff; --wall: #eef1f4; --line: #8b949e; --accent: #0b5cad; --alert: #a4161a; }
  @media (prefers-color-scheme: dark) {
    :root { --ink: #e8eaed; --paper: #1d2127; --wall: #121519; --line: #6e7681; --accent: #6cb2ff; --alert: #ff8f8f; }
  }
  * { box-sizing: border-box; }
  body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1rem; background: var(--wall);
    color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; }
  main { width: 100%; max-width: 24rem; padding: 2rem; background: var(--paper); border-radius: .75rem;
    box-shadow: 0 1px 3px #0003, 0 8px 24px #0002; }
  h1 { margin: 0 0 1.5rem; font-size: 1.5rem; line-height: 1.2; }
  label { display: block; margin: 1rem 0 .25rem; font-weight: 600; }
  input, button { width: 100%; padding: .625rem .75rem; border-radius: .375rem; font: inherit; }
  input { border: 1px solid var(--line); background: transparent; color: inherit; }
  button { margin-top: 1.5rem; border: 0; background: var(--accent); color: var(--paper); font-weight: 600; cursor: pointer; }
  :focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
  a { color: var(--accent); }
  code { overflow-wrap: anywhere; }
  [role=alert] { margin: 0; color: var(--alert); font-weight: 600; }
  small { display: block; margin-top: 1.5rem; opacity: .8; }
`;
const styleHash = createHash("sha256").update(style).digest("base64");

/** The hidden fields and the address that a form of the hosted UI carries back. */
export interface FormState {
  readonly action: string;
  readonly csrf: string;
  /** Where the browser goes after the form, which its policy must let it. */
  readonly redirectUri: string;
}

export function loginPage(
  form: FormState,
  { error, username }: { error?: string; username?: string | undefined } = {},
): Html {
  return page(
    "Sign in",
    html`${alert(error)}
      <form method="post" action="${form.action}">
        <input type="hidden" name="_csrf" value="${form.csrf}">
        <label for="username">Username</label>
        <input id="username" name="username" value="${username}" autocomplete="username" autocapitalize="none" spellcheck="false" maxlength="128" required autofocus>
        <label for="password">Password</label>
        <input id="password" name="password" type="password" autocomplete="current-password" maxlength="256" required>
        <button>Sign in</button>
      </form>
      <small>This is the local Cognito. The demo users are printed where it was started.</small>`,
  );
}

export function newPasswordPage(form: FormState, session: string, error?: string): Html {
  return page(
    "Choose a new password",
    html`${alert(error)}
      <form method="post" action="${form.action}">
        <input type="hidden" name="_csrf" value="${form.csrf}">
        <input type="hidden" name="session" value="${session}">
        <label for="new_password">New password</label>
        <input id="new_password" name="new_password" type="password" autocomplete="new-password" maxlength="256" required autofocus>
        <button>Continue</button>
      </form>`,
  );
}

export function codePage(form: FormState, session: string, error?: string): Html {
  return page("Enter a code", html`${alert(error)}${codeForm(form, session, "Code of your authenticator app")}`);
}

/** Where a user comes by an authenticator app: the secret to type into it, or to open it with on a phone. */
export function setupPage(
  form: FormState,
  session: string,
  { secret, account, error }: { secret: string; account: string; error?: string | undefined },
): Html {
  const label = encodeURIComponent(`Latchkey:${account}`);
  return page(
    "Set up an authenticator app",
    html`${alert(error)}
      <p>Signing in here takes a code as well. Add this key to an authenticator app, or <a href="otpauth://totp/${label}?secret=${secret}&amp;issuer=Latchkey">open one here</a>.</p>
      <p><code>${secret}</code></p>
      ${codeForm(form, session, "Code that the app shows")}`,
  );
}

function codeForm(form: FormState, session: string, label: string): Html {
  return html`
      <form method="post" action="${form.action}">
        <input type="hidden" name="_csrf" value="${form.csrf}">
        <input type="hidden" name="session" value="${session}">
        <label for="code">${label}</label>
        <input id="code" name="code" inputmode="numeric" autocomplete="one-time-code" maxlength="16" required autofocus>
        <button>Continue</button>
      </form>`;
}

export function errorPage(message: string): Html {
  return page("You cannot sign in this way", html`<p role="alert">${message}</p>`);
}

function alert(message: string | undefined): Html {
  return message === undefined ? new Html("") : html`<p role="alert">${message}</p>`;
}

function page(title: string, content: Html): Html {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${new Html(style)}</style>
</head>
<body>
<main>
<h1>${title}</h1>
${content}
</main>
</body>
</html>
`;
}

/** A page that runs no script, loads nothing, sits in no frame and posts to this server only. */
export function pageReply(
  status: number,
  { text }: Html,
  form?: FormState,
  headers: HttpReply["headers"] = {},
): HttpReply {
  // Browsers hold a form's redirects to `form-action` too, so the app's own address must be in it.
  const targets = form ? `'self' ${sourceOf(form.redirectUri)}` : "'none'";
  return {
    status,
    headers: {
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": `default-src 'none'; style-src 'sha256-${styleHash}'; form-action ${targets}; frame-ancestors 'none'; base-uri 'none'`,
      "x-content-type-options": "nosniff",
      "x-frame-options": "DENY",
      // Not `no-referrer`: a browser would then hide the Origin of the form that is sent.
      "referrer-policy": "same-origin",
      ...uncached,
      ...headers,
    },
    body: text,
  };
}

/** An app's own scheme has no origin: the scheme itself is then the source. */
function sourceOf(redirectUri: string): string {
  const { origin, protocol } = new URL(redirectUri);
  return origin === "null" ? protocol : origin;
}
