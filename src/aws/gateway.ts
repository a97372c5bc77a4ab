import { mayCall } from "#domain/identity/permissions.ts";
import type { Caller } from "#domain/names.ts";
import { asksForTags } from "#domain/policies/authority.ts";
import { joinFacts } from "#domain/policies/facts.ts";
import type { Ids } from "#lib/ids.ts";
import { denial, givesTags, objectionTo, resourceTagFacts, tagFacts } from "./access.ts";
import type { Call, Reply } from "./call.ts";
import { actionName } from "./facts.ts";
import { awsError, faultOf } from "./fault.ts";
import { PROTOCOLS } from "./protocols/index.ts";
import type { MakeProtocol, Protocol, ProtocolName } from "./protocols/protocol.ts";
import { type AuditTrail, actOf, changesSomething } from "./record.ts";
import type { Throttle } from "./request-rates.ts";
import { resourceOf } from "./resource.ts";
import { type Route, router } from "./route.ts";
import { AwsError, type MountedService, type OperationModel } from "./service.ts";
import type { Authenticate } from "./sigv4/authenticate.ts";
import { type Claim, readClaim } from "./sigv4/claim.ts";

export interface GatewayDeps {
  readonly authenticate: Authenticate;
  readonly ids: Ids;
  readonly audit: AuditTrail;
  readonly log: (entry: CallEntry) => void;
  /** Undefined: everybody may ask as often as they like. */
  readonly throttle?: Throttle | undefined;
}

/** What the log and the metrics want to know of a call. Nothing in it is secret. */
export interface CallEntry {
  readonly requestId: string;
  readonly remoteAddress: string;
  /** Undefined where there is no such service or operation: what was asked for would be anybody's text. */
  readonly service: string | undefined;
  readonly operation: string | undefined;
  readonly status: number;
  readonly ms: number;
  readonly caller: Caller | undefined;
  /** What it was answered with when it failed. */
  readonly error: AwsError | undefined;
  /** What was thrown and not foreseen. */
  readonly bug: unknown;
}

/** One door for every service: which operation is asked for, by whom, in which protocol, and what is answered. */
export function gateway(services: readonly MountedService[], deps: GatewayDeps): (call: Call) => Promise<Reply> {
  const route = router(services);
  const speak = protocols();

  return async (call) => {
    const began = performance.now(); // a length of time, not the time
    const requestId = deps.ids.uuid();
    const claim = readClaim(call);
    const asked = route(call, claim instanceof AwsError ? undefined : claim.service);
    const protocol = speak(asked.service ?? NO_SERVICE, asked.protocol);
    let caller: Caller | undefined;
    let failure: { readonly error: AwsError; readonly thrown: unknown } | undefined;
    let reply: Reply;
    try {
      if (call.refusal) throw call.refusal;
      refuseUnsigned(asked, claim);
      const scope = asked.service?.facts.scope ?? (claim instanceof AwsError ? "" : claim.service);
      caller = { ...(await deps.authenticate(call, claim, scope)), requestId };
      reply = await perform(call, asked, caller, protocol, deps);
    } catch (thrown) {
      const { refusals, errors } = asked.service ?? NO_SERVICE;
      const error = awsError(thrown, refusals);
      failure = { error, thrown };
      reply = protocol.fail(faultOf(error, errors), requestId);
    }
    deps.log({
      requestId,
      remoteAddress: call.remoteAddress,
      service: asked.service?.name,
      operation: asked.operation?.name,
      status: reply.status,
      ms: performance.now() - began,
      caller,
      error: failure?.error,
      bug: failure && failure.error.code === "InternalFailure" ? failure.thrown : undefined,
    });
    return { ...reply, headers: { ...reply.headers, ...requestIdHeaders(asked.protocol, requestId) } };
  };
}

/** The call of a proved caller: permission, input, the operation itself, its record, the answer. */
async function perform(
  call: Call,
  asked: Route,
  caller: Caller,
  protocol: Protocol,
  deps: GatewayDeps,
): Promise<Reply> {
  const { service, operation } = asked;
  if (!service || !operation) throw unknownOperation(asked);
  const act = actOf(service, operation, caller, call);
  let input: Readonly<Record<string, unknown>> = {};
  try {
    permit(caller, service, operation);
    deps.throttle?.(service, operation.name, caller);
    const handler = service.handler(operation.name);
    if (!handler) throw notImplemented(service, operation);
    input = protocol.read(operation, { ...asked, call });
    // Also for the services that decide themselves who may.
    const asking = { ...caller, facts: joinFacts(caller.facts ?? {}, tagFacts(input)) };
    await checkAccess(asking, service, operation, input);
    const output = ((await handler(input, asking)) ?? {}) as object;
    const reply = protocol.write(operation, output, caller.requestId);
    const done = { ...act, ...named(resourceOf(input, output)) };
    if (changesSomething(operation.name)) await deps.audit.record(done);
    else deps.audit.note(done);
    return reply;
  } catch (thrown) {
    const { code, message } = awsError(thrown, service.refusals);
    deps.audit.note({ ...act, ...named(resourceOf(input, {})), error: { code, message: message.slice(0, 1000) } });
    throw thrown;
  }
}

/** No operation is performed for nobody; one that AWS performs so is none of ours. */
function refuseUnsigned({ service, operation }: Route, claim: Claim | AwsError): void {
  if (service && operation && claim instanceof AwsError && service.facts.unsigned?.includes(operation.name)) {
    throw notImplemented(service, operation);
  }
}

function permit(caller: Caller, { facts }: MountedService, { name }: OperationModel): void {
  const action = actionName(facts, name);
  if (mayCall(caller.kind, action)) return;
  const reason = `because no identity-based policy allows the ${action} action`;
  throw new AwsError("AccessDeniedException", denial(caller, action, "*", reason));
}

/** Asks the policies of users and roles. An account's own key may do everything; edges were asked before. */
async function checkAccess(
  caller: Caller,
  service: MountedService,
  { name }: OperationModel,
  input: Readonly<Record<string, unknown>>,
): Promise<void> {
  if (caller.kind === "root" || caller.kind === "edge") return;
  const rule = await service.access(name, input, caller);
  const access = typeof rule === "string" ? { resources: [] } : rule;
  const tagging = givesTags(input) ? service.tagging(name, input, caller, access.resources) : undefined;
  const tags = asksForTags(caller.authority)
    ? (await Promise.all(access.resources.map((resource) => service.tagsOf(resource, caller)))).flat()
    : [];
  const action = actionName(service.facts, name);
  for (const asked of tagging ? [access, tagging] : [access]) {
    const objection = objectionTo(caller, action, asked, resourceTagFacts(tags));
    if (objection !== undefined) throw new AwsError("AccessDeniedException", objection);
  }
}

function unknownOperation({ protocol, form }: Route): AwsError {
  if (protocol !== "awsQuery" && protocol !== "ec2Query") {
    return new AwsError("UnknownOperationException", "The requested operation is not recognized by the service.");
  }
  const [action, version] = [form.get("Action"), form.get("Version")].map((text) => text?.slice(0, 100));
  const text = `Could not find operation ${action} for version ${version ?? "NO_VERSION_SPECIFIED"}`;
  return new AwsError("UnknownOperationException", text);
}

function notImplemented({ name }: MountedService, operation: OperationModel): AwsError {
  const text = `${operation.name} is not implemented. What is, and what is not, is listed in docs/parity/${name}.md.`;
  return new AwsError("NotImplementedException", text);
}

const named = (resource: string | undefined): { readonly resource?: string } =>
  resource === undefined ? {} : { resource };

function requestIdHeaders(protocol: ProtocolName, requestId: string): Readonly<Record<string, string>> {
  const headers = { "x-amzn-requestid": requestId };
  return protocol === "restXml" ? { ...headers, "x-amz-request-id": requestId } : headers;
}

type Spoken = Parameters<MakeProtocol>[0];

/** The protocols of the services, each made when it is first spoken. */
function protocols(): (service: Spoken, name: ProtocolName) => Protocol {
  const made = new Map<Spoken, Map<ProtocolName, Protocol>>();
  return (service, name) => {
    const ofService = made.get(service) ?? new Map<ProtocolName, Protocol>();
    made.set(service, ofService);
    const protocol = ofService.get(name) ?? PROTOCOLS[name](service);
    ofService.set(name, protocol);
    return protocol;
  };
}

/** In whose words a request for nobody is answered. */
const NO_SERVICE: Spoken & Pick<MountedService, "refusals"> = {
  facts: { scope: "", target: "", version: "" },
  rules: {},
  errors: new Map(),
  refusals: {},
};
