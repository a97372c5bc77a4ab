import type { WrappingAlgorithm } from "#domain/keys/import.ts";
import type { KeySpec } from "#domain/keys/key-specs.ts";
import type { KeyId } from "#domain/keys/names.ts";
import { Refusal, type RefusalCode } from "#domain/refusal.ts";
import { PlaintextKey } from "#lib/plaintext-key.ts";
import type { MaterialWork } from "./material-work.ts";
import { TokenProblem } from "./pkcs11-token.ts";
import { NotSealedHere, WrongRoot } from "./seal-form.ts";
import type { Vault } from "./vault.ts";
import type { Frame } from "./vault-frames.ts";

/** The calls of a vault, as they go over the wire. */
export type VaultCall = Exclude<keyof Vault, "close">;

type Answer = { readonly text?: string; readonly parts?: readonly (Uint8Array | undefined)[] };

/** Does what a frame asks of a vault. Never rejects: what went wrong is in the answer. */
export async function answerCall({ head, parts }: Frame, vault: Vault): Promise<Frame> {
  const { n, call } = head;
  try {
    if (typeof call !== "string" || !Object.hasOwn(CALLS, call)) throw new Error(`a vault has no call ${String(call)}`);
    const { text, parts: given = [] } = await CALLS[call as VaultCall](head, parts, vault);
    return { head: { n, ok: text ?? "" }, parts: given };
  } catch (error) {
    return { head: { n, error: writeError(error) }, parts: [] };
  } finally {
    for (const part of parts) part?.fill(0);
  }
}

/** The error that an answer tells of; undefined when it tells of none. */
export function errorIn({ head }: Frame): Error | undefined {
  if (typeof head["error"] !== "object" || head["error"] === null) return undefined;
  const { name, message, code } = head["error"] as Record<string, string | undefined>;
  const text = message ?? "";
  if (code !== undefined) return new Refusal(code as RefusalCode, text);
  const make = name !== undefined && Object.hasOwn(ERRORS, name) ? ERRORS[name] : undefined;
  return make ? Object.assign(make(), { message: text }) : new Error(text);
}

/** By call, what it takes from a frame and gives to one. What it gives is wiped when it was sent. */
const CALLS: Readonly<
  Record<VaultCall, (head: Frame["head"], parts: Frame["parts"], vault: Vault) => Promise<Answer>>
> = {
  async openRoot(head, [salt], vault) {
    return { text: await vault.openRoot(Number(head["slot"]), salt) };
  },
  async newKey(head, _parts, vault) {
    const { keyId, wrapped } = await vault.newKey(Number(head["slot"]));
    return { text: keyId, parts: [wrapped] };
  },
  async learn(head, [wrapped = NOTHING], vault) {
    const { service, token } = await vault.learn(Number(head["slot"]), { keyId: String(head["keyId"]), wrapped });
    return { parts: [service.bytes, token.bytes] };
  },
  async wrap(head, _parts, vault) {
    return { parts: [await vault.wrap(Number(head["slot"]), String(head["keyId"]))] };
  },
  async sealUnder(head, _parts, vault) {
    await vault.sealUnder(String(head["keyId"]));
    return {};
  },
  async forget(head, _parts, vault) {
    await vault.forget(String(head["keyId"]));
    return {};
  },
  async make(head, _parts, vault) {
    const { sealed, publicKey } = await vault.make(head["spec"] as KeySpec, String(head["purpose"]));
    return { parts: [sealed, publicKey] };
  },
  async keep(head, [secret = NOTHING], vault) {
    return { parts: [await vault.keep(secret, String(head["purpose"]))] };
  },
  async unwrap(head, [sealed = NOTHING, wrapped = NOTHING], vault) {
    const wrappingKey = { spec: head["wrappingSpec"] as KeySpec, purpose: String(head["wrappingPurpose"]), sealed };
    const imported = await vault.unwrap(
      { wrappingKey, algorithm: head["algorithm"] as WrappingAlgorithm, wrapped },
      { id: head["keyId"] as KeyId, spec: head["spec"] as KeySpec },
      String(head["purpose"]),
    );
    return imported ? { text: imported.materialId, parts: [imported.sealed, imported.publicKey] } : {};
  },
  async share(head, [sealed = NOTHING], vault) {
    return { parts: [await vault.share(sealed, String(head["from"]), String(head["to"]))] };
  },
  async use(head, [sealed = NOTHING, data = NOTHING], vault) {
    const material = { spec: head["spec"] as KeySpec, purpose: String(head["purpose"]), sealed };
    return { parts: [await vault.use(material, { ...(head["work"] as MaterialWork), data } as MaterialWork)] };
  },
  async reseal(_head, [sealed = NOTHING], vault) {
    return { parts: [await vault.reseal(sealed)] };
  },
};

/** A vault whose calls are answered elsewhere. */
export function callingVault(
  call: (name: VaultCall, head: Frame["head"], parts?: Frame["parts"]) => Promise<Frame>,
  close: () => Promise<void>,
): Vault {
  const first = ({ parts: [part] }: Frame): Buffer => {
    if (!part) throw new Error("the vault answered nothing");
    return bufferOf(part);
  };
  return {
    async openRoot(slot, salt) {
      return String((await call("openRoot", { slot }, [salt])).head["ok"]);
    },
    async newKey(slot) {
      const answer = await call("newKey", { slot });
      return { keyId: String(answer.head["ok"]), wrapped: first(answer) };
    },
    async learn(slot, { keyId, wrapped }) {
      const [service, token] = (await call("learn", { slot, keyId }, [wrapped])).parts;
      if (!service || !token) throw new Error("the vault answered nothing");
      return { service: new PlaintextKey(bufferOf(service)), token: new PlaintextKey(bufferOf(token)) };
    },
    async wrap(slot, keyId) {
      return first(await call("wrap", { slot, keyId }));
    },
    async sealUnder(keyId) {
      await call("sealUnder", { keyId });
    },
    async forget(keyId) {
      await call("forget", { keyId });
    },
    async make(spec, purpose) {
      const answer = await call("make", { spec, purpose });
      const [, publicKey] = answer.parts;
      return { sealed: first(answer), publicKey: publicKey && bufferOf(publicKey) };
    },
    async keep(secret, purpose) {
      return first(await call("keep", { purpose }, [secret]));
    },
    async unwrap({ wrappingKey, algorithm, wrapped }, { id, spec }, purpose) {
      const asked = { wrappingSpec: wrappingKey.spec, wrappingPurpose: wrappingKey.purpose, algorithm, keyId: id };
      const answer = await call("unwrap", { ...asked, spec, purpose }, [wrappingKey.sealed, wrapped]);
      const [sealed, publicKey] = answer.parts;
      if (!sealed) return undefined;
      const materialId = String(answer.head["ok"]);
      return { sealed: bufferOf(sealed), publicKey: publicKey && bufferOf(publicKey), materialId };
    },
    async share(sealed, from, to) {
      return first(await call("share", { from, to }, [sealed]));
    },
    async use({ spec, purpose, sealed }, work) {
      const { data, ...rest } = "data" in work ? work : { ...work, data: NOTHING };
      const [result] = (await call("use", { spec, purpose, work: rest }, [sealed, data])).parts;
      return result && bufferOf(result);
    },
    async reseal(sealed) {
      return first(await call("reseal", {}, [sealed]));
    },
    close,
  };
}

function writeError(error: unknown): Record<string, string> {
  if (error instanceof Refusal) return { code: error.code, message: error.message };
  if (error instanceof Error) return { name: error.name, message: error.message };
  return { message: String(error) };
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Errors that somebody tells from others. */
const ERRORS: Readonly<Record<string, () => Error>> = {
  WrongRoot: () => new WrongRoot("", ""),
  NotSealedHere: () => new NotSealedHere(""),
  TokenProblem: () => new TokenProblem(""),
};
const NOTHING = Buffer.alloc(0);
