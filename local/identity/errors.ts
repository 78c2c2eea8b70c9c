import { AwsError } from "../gateway/protocols.ts";

/** The names that Cognito's two APIs give its errors, as far as the local one has cause to use them. */
export type CognitoErrorCode =
  | "CodeMismatchException"
  | "EnableSoftwareTokenMFAException"
  | "ExpiredCodeException"
  | "InvalidIdentityPoolConfigurationException"
  | "InvalidParameterException"
  | "InvalidPasswordException"
  | "NotAuthorizedException"
  | "ResourceNotFoundException"
  | "SoftwareTokenMFANotFoundException"
  | "TooManyFailedAttemptsException"
  | "UnsupportedOperationException"
  | "UnsupportedTokenTypeException"
  | "UserNotConfirmedException"
  | "UserNotFoundException"
  | "UsernameExistsException";

/** A refusal in Cognito's words; the message goes to the client, so it holds no secret. */
export class CognitoError extends AwsError {
  constructor(code: CognitoErrorCode, message: string) {
    super(code, 400, message);
  }
}
