import { type Fields, field } from "#edge/http/fields.ts";
import type { ClientKeys, ClientName } from "./client-keys.ts";
import type { Session } from "./session.ts";

/**
 * What a target is told of a user: who it is, the access token, and the claims as a JWT that the load balancer signed.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-authenticate-users.html#user-claims-encoding
 */
export function userFields(session: Session, client: ClientName, keys: ClientKeys, now: number): Fields {
  return [
    field("X-Amzn-Oidc-Accesstoken", session.accessToken),
    field("X-Amzn-Oidc-Identity", Buffer.from(session.subject).toString("latin1")),
    field("X-Amzn-Oidc-Data", claimsToken(session, client, keys, now)),
  ];
}

/** How long a signed token is good, in seconds. */
export const CLAIMS_LIFE = 120;

/** With `=` at the ends of its parts, as ALB pads them, though RFC 7515 does not. */
function claimsToken({ claims }: Session, client: ClientName, keys: ClientKeys, now: number): string {
  const header = {
    typ: "JWT",
    kid: keys.keyId,
    alg: "ES256",
    iss: client.issuer,
    client: client.clientId,
    signer: client.loadBalancerArn,
    exp: Math.floor(now / 1000) + CLAIMS_LIFE,
  };
  const payload = { ...(JSON.parse(claims) as object), exp: header.exp, iss: client.issuer };
  const signed = `${padded(Buffer.from(JSON.stringify(header)))}.${padded(Buffer.from(JSON.stringify(payload)))}`;
  return `${signed}.${padded(keys.sign(signed))}`;
}

function padded(bytes: Buffer): string {
  return bytes.toString("base64").replaceAll("+", "-").replaceAll("/", "_");
}
