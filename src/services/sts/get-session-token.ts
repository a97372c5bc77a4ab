import { sessionToken } from "#identity/sessions/user-sessions.ts";
import type { StsOperation } from "./operation.ts";
import { showCredentials } from "./wire.ts";

/** https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html */
export const GetSessionToken: StsOperation<"GetSessionToken"> = ({ DurationSeconds, TokenCode }, caller, deps) => ({
  Credentials: showCredentials(sessionToken({ duration: DurationSeconds, tokenCode: TokenCode }, caller, deps)),
});
