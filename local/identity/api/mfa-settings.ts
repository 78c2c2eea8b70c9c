import type { User } from "../store.ts";

/** The second factors that a user has turned on; what the pool requires of them is not said. */
export function mfaSettings({ softwareToken, mfaPreference }: User): object {
  if (!softwareToken || !mfaPreference?.enabled) return {};
  return {
    UserMFASettingList: ["SOFTWARE_TOKEN_MFA"],
    ...(mfaPreference.preferred && { PreferredMfaSetting: "SOFTWARE_TOKEN_MFA" }),
  };
}
