import type * as Pkcs11 from "pkcs11js";
import type { PlaintextKey } from "#lib/plaintext-key.ts";

/** Where a root of custody is in a token. */
export interface TokenPlace {
  /** The path of the PKCS#11 library (RFC 7512: module-path). */
  readonly library: string;
  /** The label of the token. */
  readonly token: string;
  /** The label of the key (RFC 7512: object). */
  readonly object: string;
}

/** A token cannot be used: it is not there, does not let us in, or has no such key. */
export class TokenProblem extends Error {
  override readonly name = "TokenProblem";
}

/** What one use of a token is given. */
export interface TokenSession {
  readonly module: Pkcs11.PKCS11;
  readonly handle: Pkcs11.Handle;
  readonly names: typeof Pkcs11;
}

/** A logged-in session that comes back by itself after the token was away. */
export interface Token {
  /** Does something in the session. One that was lost is opened again, once, with the PIN read anew. */
  do<Result>(act: (session: TokenSession) => Result): Result;
  close(): void;
}

/**
 * Logs in to a token. `pin` is asked for at every login: pkcs11js takes it as a string, which cannot be wiped. Throws
 * `TokenProblem`, saying what to do, when pkcs11js or the library is not there, or the token does not let us in.
 */
export async function openToken(place: TokenPlace, pin: () => PlaintextKey): Promise<Token> {
  const names = await pkcs11js();
  const module = new names.PKCS11();
  try {
    module.load(place.library);
  } catch (error) {
    throw new TokenProblem(`the PKCS#11 library ${place.library} cannot be loaded: ${messageOf(error)}`);
  }
  let session = logIn({ module, names }, place, pin);
  return {
    do(act) {
      try {
        return act(session);
      } catch (error) {
        if (!isLost(error)) throw error;
      }
      session = logIn({ module, names }, place, pin);
      return act(session);
    },
    close() {
      try {
        module.C_CloseSession(session.handle);
      } catch {
        // It was lost before.
      }
      module.close();
    },
  };
}

/** The code of a PKCS#11 error; undefined for other errors. */
export function tokenError(error: unknown): number | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "number" ? error.code : undefined;
}

async function pkcs11js(): Promise<typeof Pkcs11> {
  try {
    return (await import("pkcs11js")).default;
  } catch (error) {
    throw new TokenProblem(
      `a root of custody in a PKCS#11 token needs the package pkcs11js, which is not here (npm install pkcs11js; it is compiled, which takes a C++ compiler): ${messageOf(error)}`,
    );
  }
}

function logIn(
  { module, names }: Omit<TokenSession, "handle">,
  { library, token }: TokenPlace,
  pin: () => PlaintextKey,
): TokenSession {
  const tell = (what: string, error: unknown): TokenProblem => new TokenProblem(`${what}: ${messageOf(error)}`);
  try {
    module.C_Initialize();
  } catch (error) {
    if (tokenError(error) !== names.CKR_CRYPTOKI_ALREADY_INITIALIZED) throw tell(`${library} does not start`, error);
  }
  const present = slots(module);
  const slot = present.find(({ label }) => label === token)?.slot;
  if (slot === undefined) {
    const others = present.map(({ label }) => `"${label}"`).join(", ");
    throw new TokenProblem(
      `there is no token "${token}" (${library} knows ${others || "none"}): is it plugged in, and this user allowed to use it?`,
    );
  }
  let handle: Pkcs11.Handle;
  try {
    handle = module.C_OpenSession(slot, names.CKF_SERIAL_SESSION | names.CKF_RW_SESSION);
  } catch (error) {
    throw tell(`the token "${token}" opens no session`, error);
  }
  try {
    using secret = pin();
    module.C_Login(handle, names.CKU_USER, secret.bytes.toString());
  } catch (error) {
    if (tokenError(error) === names.CKR_USER_ALREADY_LOGGED_IN) return { module, names, handle };
    module.C_CloseSession(handle);
    throw tell(`the token "${token}" does not accept the PIN`, error);
  }
  return { module, names, handle };
}

function slots(module: Pkcs11.PKCS11): readonly { readonly slot: Pkcs11.Handle; readonly label: string }[] {
  return module.C_GetSlotList(true).flatMap((slot) => {
    try {
      return [{ slot, label: module.C_GetTokenInfo(slot).label.trimEnd() }];
    } catch {
      return []; // taken out at this moment
    }
  });
}

function isLost(error: unknown): boolean {
  return LOST.has(tokenError(error) ?? 0);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** What tokens say when session, login or handles are gone (PKCS #11 3.1 section 5.1). */
const LOST: ReadonlySet<number> = new Set([
  0x30, // CKR_DEVICE_ERROR
  0x32, // CKR_DEVICE_REMOVED
  0x60, // CKR_KEY_HANDLE_INVALID
  0x82, // CKR_OBJECT_HANDLE_INVALID
  0xb0, // CKR_SESSION_CLOSED
  0xb3, // CKR_SESSION_HANDLE_INVALID
  0xe0, // CKR_TOKEN_NOT_PRESENT
  0xe1, // CKR_TOKEN_NOT_RECOGNIZED
  0x101, // CKR_USER_NOT_LOGGED_IN
  0x190, // CKR_CRYPTOKI_NOT_INITIALIZED
]);
