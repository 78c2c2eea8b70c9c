import type { Identity, StepKind } from "../identity.ts";
import { answerWithCode, proveApp, replaceTemporaryPassword } from "../sign-in-steps.ts";
import type { User } from "../store.ts";
import type { AuthorizationRequest } from "./authorization-request.ts";
import type { Html } from "./html.ts";
import { single } from "./oauth-error.ts";
import { codePage, type FormState, newPasswordPage, setupPage } from "./pages.ts";

/** A step of signing in as a page puts it to the user. */
interface StepForm {
  page(form: FormState, session: string, about: { identity: Identity; user: User; error?: string }): Html;
  /** Resolves to undefined when the session is over; throws the API's errors. */
  submit(
    identity: Identity,
    asked: AuthorizationRequest,
    session: string,
    fields: URLSearchParams,
  ): Promise<User | undefined>;
}

export const stepForms: Readonly<Record<StepKind, StepForm>> = {
  NEW_PASSWORD_REQUIRED: {
    page: (form, session, { error }) => newPasswordPage(form, session, error),
    submit: (identity, { pool, client }, session, fields) =>
      replaceTemporaryPassword(identity, pool, client, session, single(fields, "new_password") ?? ""),
  },

  SOFTWARE_TOKEN_MFA: {
    page: (form, session, { error }) => codePage(form, session, error),
    submit: (identity, { pool, client }, session, fields) =>
      answerWithCode(identity, pool, client, session, codeIn(fields)),
  },

  MFA_SETUP: {
    page(form, session, { identity, user, error }) {
      // The same after a wrong code: by then it has been typed into the app.
      const secret = identity.softwareTokens.offered(user) ?? identity.softwareTokens.offer(user);
      return setupPage(form, session, { secret, account: user.attributes.email ?? user.username, error });
    },
    submit: async (identity, { pool, client }, session, fields) =>
      proveApp(identity, pool, client, session, { code: codeIn(fields) }),
  },
};

/** Apps show codes in two halves, and people type them so. */
function codeIn(fields: URLSearchParams): string {
  return (single(fields, "code") ?? "").replaceAll(/\s/g, "");
}
