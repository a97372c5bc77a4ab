import { findCa, KNOWN_CAS, type KnownCa } from "#ca/upstream/known-cas.ts";
import { parseResolver, type ResolverAddress } from "#dns/resolver-address.ts";
import { type NameSuffix, parseNameSuffix } from "#domain/certificate/public-names.ts";
import { DAY, parseDuration } from "#lib/duration.ts";
import { parseIpAddress } from "#lib/ip-address.ts";
import { type IpNetwork, parseIpNetwork } from "#lib/ip-network.ts";
import { type Mailbox, parseMailbox } from "#mail/mailbox.ts";
import { parseSmtpUrl, type SmtpUrl } from "#mail/smtp-url.ts";
import { type HostPort, isLoopback, parseHostPort, parseHttpUrl } from "./addresses.ts";
import { ConfigError } from "./config-error.ts";
import { parseLease, parseWorkers } from "./edge-options.ts";
import { OUTSIDE_LOGS_OPTIONS, type OutsideLogsOptions } from "./outside-logs-options.ts";
import { parseRootSetting, type RootSetting } from "./root-setting.ts";

/** One setting: a flag of `serve`, an environment variable and a key of the configuration file, by one name. */
export interface Option<Value> {
  readonly default: string;
  readonly help: string;
  /** How the value is shown in `--help`; a switch takes none. */
  readonly value?: string;
  /** Throws ConfigError with what would be right. */
  readonly parse: (text: string) => Value;
}

const option = <Value>(
  parse: (text: string) => Value,
  standard: string,
  help: string,
  value?: string,
): Option<Value> => ({ parse, default: standard, help, ...(value === undefined ? {} : { value }) });

/** Everything that can be set. `data-dir` is `--data-dir`, `SEALKEEPER_DATA_DIR` and `"data-dir"`. */
export const OPTIONS: Options = {
  "data-dir": option(text, "./.sealkeeper", "where everything that must survive is kept", "DIR"),
  database: option(text, "", "file:PATH or postgres://…; empty: sealkeeper.db in the data directory", "URL"),
  listen: option(
    hostPort,
    "127.0.0.1:4566",
    "the one port of all AWS APIs, HTTP (loopback only) and HTTPS",
    "HOST:PORT",
  ),
  "public-url": option(url, "", "how others reach that port: stands in certificates (CRL, OCSP)", "URL"),
  dns: option(hostPort, "127.0.0.1:10053", "the authoritative DNS server, UDP and TCP", "HOST:PORT"),
  resolvers: option(list(resolver), "", "who is asked about names outside our zones; empty: the system's", "ADDRESS,…"),
  perspectives: option(
    list(perspective),
    "",
    "independent resolvers that must agree about names outside our zones: all of two, all but one of more; empty: resolvers alone",
    "ADDRESS[+ADDRESS…],…",
  ),
  "private-names": option(
    list(nameSuffix),
    "example,test,internal,home.arpa",
    "ends of names that need not be public for our own CA to issue for them",
    "SUFFIX,…",
  ),
  "caa-identities": option(
    list(caaIdentity),
    "sealkeeper.internal,amazon.com,amazontrust.com,awstrust.com,amazonaws.com",
    "by which names CAA records permit our own CA; empty: CAA records are not asked",
    "NAME,…",
  ),
  "certificate-log": option(
    flag,
    "false",
    "log everything that our own CA signs, publicly, and put the log's timestamps into certificates",
    "BOOL",
  ),
  ...OUTSIDE_LOGS_OPTIONS,
  "high-risk-names": option(
    list(nameSuffix),
    "",
    "ends of names for which requests fail with ADDITIONAL_VERIFICATION_REQUIRED",
    "SUFFIX,…",
  ),
  "http-validation-networks": option(
    list(network),
    "",
    "networks that are not public and may yet be asked by HTTP validation",
    "CIDR,…",
  ),
  zone: option(
    zone,
    "sealkeeper.internal",
    "the product's own zone: load balancers and name servers live in it",
    "NAME",
  ),
  "balancer-addresses": option(cidr, "127.0.0.0/8", "where load balancers get their addresses from", "CIDR"),
  "leaf-lifetime": option(duration, "198d", "how long certificates are valid", "DURATION"),
  "renew-before": option(
    optional(duration),
    "",
    "how long before their end they are renewed; empty: as ACM does",
    "DURATION",
  ),
  "rehearse-every": option(duration, "24h", "how often each renewal is rehearsed by itself; 0s: never", "DURATION"),
  "owner-tag": option(text, "owner", "the tag that says who looks after a certificate, in any case", "KEY"),
  "quota-certificates": option(
    optional(count),
    "",
    "how many certificates an account may request, and have, in a region",
    "N",
  ),
  "quota-certificates-per-year": option(
    optional(count),
    "",
    "how many it may request in 365 days; deleting does not help",
    "N",
  ),
  "quota-imported": option(optional(count), "", "how many it may import, and have", "N"),
  "quota-imported-per-year": option(optional(count), "", "how many it may import in 365 days", "N"),
  "quota-names": option(optional(count), "", "how many names a certificate may have; empty: 100", "N"),
  "quota-listeners": option(bounded(1000), "50", "how many listeners a load balancer may have", "N"),
  "quota-listener-certificates": option(
    bounded(140_000),
    "25",
    "how many certificates a load balancer may have beside its default ones",
    "N",
  ),
  "quota-rules": option(bounded(10_000), "100", "how many rules a load balancer may have beside its default ones", "N"),
  "quota-targets": option(bounded(10_000), "1000", "how many targets a target group may have", "N"),
  "quota-trust-stores": option(bounded(1_000_000), "20", "how many trust stores an account may have in a region", "N"),
  objects: option(
    text,
    "",
    "where trust stores are read from in place of S3, DIR/BUCKET/KEY; empty: objects in the data directory",
    "DIR",
  ),
  "request-rates": option(rates, "off", "hold each account to AWS's request rates: as-aws or off", "RATES"),
  "key-pool": option(count, "1000", "how many RSA keys are made ahead", "N"),
  "root-of-custody": option(
    optional(parseRootSetting),
    "",
    "where the root of custody is; empty: passphrase-file, or root.key in the data directory",
    "key-file:FILE|passphrase:FILE|pkcs11:…",
  ),
  "kms-user": option(
    text,
    "",
    "as whom the KMS process runs when this one is root's; empty: sealkeeper-kms, where there is one",
    "NAME",
  ),
  "passphrase-file": option(text, "", "seals master keys by the passphrase in this file instead of a key file", "FILE"),
  upstream: option(
    list(upstreamCa),
    "",
    `public CAs that sign instead of our own, in order: URLs of ACME directories, or ${KNOWN_CAS.slice(0, 3).join(", ")} …`,
    "CA,…",
  ),
  "upstream-file": option(text, "", "the same with all that can be said of each CA, JSON", "FILE"),
  "upstream-contacts": option(list(mailAddress), "", "whom these CAs write to", "ADDRESS,…"),
  "upstream-terms-agreed": option(flag, "false", "that the terms of service of these CAs were read and agreed to"),
  "acme-zone": option(
    optional(zone),
    "",
    "the zone, delegated here, where public CAs find our answers; empty: acme. below the product's own",
    "NAME",
  ),
  "dns-addresses": option(
    list(ipAddress),
    "",
    "where others reach the DNS server; empty: the addresses that it listens on",
    "ADDRESS,…",
  ),
  smtp: option(
    optional(smtpUrl),
    "",
    "the mail server that takes approval letters; STARTTLS unless it is on this machine; empty: none",
    "smtp[s]://[USER@]HOST[:PORT]",
  ),
  "smtp-password-file": option(text, "", "the password of that user", "FILE"),
  "smtp-ca": option(text, "", "whom to trust at the mail server instead of the public roots, PEM", "FILE"),
  "smtp-clear": option(flag, "false", "let letters go in clear where the mail server offers no STARTTLS"),
  "mail-from": option(optional(mailbox), "", "whom approval letters come from", "ADDRESS"),
  events: option(
    eventsOutput,
    "",
    "stdout: write every event to standard output, a line of JSON each; the log goes to standard error then",
    "WHERE",
  ),
  "event-webhook": option(
    list(webhook),
    "",
    "who is sent every event, signed: https:// URLs, or http:// on this machine",
    "URL,…",
  ),
  "event-webhook-secret-file": option(
    text,
    "",
    "what events are signed with: a secret a line, each of them signs",
    "FILE",
  ),
  "event-ca": option(text, "", "whom to trust at webhooks and API destinations beside the public roots, PEM", "FILE"),
  "event-local-targets": option(
    flag,
    "false",
    "let API destinations be on this machine and on link-local addresses",
    "BOOL",
  ),
  "events-retention": option(retention, "30d", "how long events are kept, to be read and sent again", "DURATION"),
  edge: option(flag, "true", "run an edge beside the control plane", "BOOL"),
  "fleet-listen": option(
    optional(hostPort),
    "",
    "the port on which edges on other machines join and are told what to serve, TLS by certificates of its own; empty: none",
    "HOST:PORT",
  ),
  "fleet-urls": option(
    list(fleetUrl),
    "",
    "how edges on other machines reach that port, on each of the nodes; empty: as this node listens",
    "URL,…",
  ),
  "edge-workers": option(
    optional(workers),
    "",
    "how many processes of that edge serve, or inline: one process in all; empty: as many as there are cores",
    "N",
  ),
  "edge-key-lease-seconds": option(
    lease,
    "0",
    "how long the edge keeps keys without a word from a control plane, at least 30; 0: for ever",
    "SECONDS",
  ),
  "edge-require-erasure": option(
    flag,
    "false",
    "serve nothing where the edge cannot see that a dropped key leaves memory; it warns otherwise",
    "BOOL",
  ),
  dev: option(flag, "false", "also accept test/test, and POST /_sealkeeper/reset, on loopback only"),
  "body-limit": option(count, "4194304", "the largest request body, in bytes", "BYTES"),
  "log-level": option(level, "info", "trace, debug, info, warn, error or silent", "LEVEL"),
};

interface Options extends OutsideLogsOptions {
  readonly "data-dir": Option<string>;
  readonly database: Option<string>;
  readonly listen: Option<HostPort>;
  readonly "public-url": Option<string>;
  readonly dns: Option<HostPort>;
  readonly resolvers: Option<readonly ResolverAddress[]>;
  readonly perspectives: Option<readonly (readonly ResolverAddress[])[]>;
  readonly "private-names": Option<readonly NameSuffix[]>;
  readonly "caa-identities": Option<readonly string[]>;
  readonly "certificate-log": Option<boolean>;
  readonly "high-risk-names": Option<readonly NameSuffix[]>;
  readonly "http-validation-networks": Option<readonly IpNetwork[]>;
  readonly zone: Option<string>;
  readonly "balancer-addresses": Option<string>;
  readonly "leaf-lifetime": Option<number>;
  readonly "renew-before": Option<number | undefined>;
  readonly "rehearse-every": Option<number>;
  readonly "owner-tag": Option<string>;
  readonly "quota-certificates": Option<number | undefined>;
  readonly "quota-certificates-per-year": Option<number | undefined>;
  readonly "quota-imported": Option<number | undefined>;
  readonly "quota-imported-per-year": Option<number | undefined>;
  readonly "quota-names": Option<number | undefined>;
  readonly "quota-listeners": Option<number>;
  readonly "quota-listener-certificates": Option<number>;
  readonly "quota-rules": Option<number>;
  readonly "quota-targets": Option<number>;
  readonly "quota-trust-stores": Option<number>;
  readonly objects: Option<string>;
  readonly "request-rates": Option<"as-aws" | "off">;
  readonly "key-pool": Option<number>;
  readonly "root-of-custody": Option<RootSetting | undefined>;
  readonly "kms-user": Option<string>;
  readonly "passphrase-file": Option<string>;
  readonly upstream: Option<readonly KnownCa[]>;
  readonly "upstream-file": Option<string>;
  readonly "upstream-contacts": Option<readonly string[]>;
  readonly "upstream-terms-agreed": Option<boolean>;
  readonly "acme-zone": Option<string | undefined>;
  readonly "dns-addresses": Option<readonly string[]>;
  readonly smtp: Option<SmtpUrl | undefined>;
  readonly "smtp-password-file": Option<string>;
  readonly "smtp-ca": Option<string>;
  readonly "smtp-clear": Option<boolean>;
  readonly "mail-from": Option<Mailbox | undefined>;
  readonly events: Option<"stdout" | undefined>;
  readonly "event-webhook": Option<readonly string[]>;
  readonly "event-webhook-secret-file": Option<string>;
  readonly "event-ca": Option<string>;
  readonly "event-local-targets": Option<boolean>;
  readonly "events-retention": Option<number>;
  readonly edge: Option<boolean>;
  readonly "fleet-listen": Option<HostPort | undefined>;
  readonly "fleet-urls": Option<readonly string[]>;
  readonly "edge-workers": Option<number | "inline" | undefined>;
  readonly "edge-key-lease-seconds": Option<number>;
  readonly "edge-require-erasure": Option<boolean>;
  readonly dev: Option<boolean>;
  readonly "body-limit": Option<number>;
  readonly "log-level": Option<string>;
}

export type OptionName = keyof Options;
export type OptionValues = { readonly [Name in OptionName]: Options[Name] extends Option<infer Value> ? Value : never };

function text(value: string): string {
  return value;
}

function hostPort(value: string): HostPort {
  return parseHostPort(value) ?? wrong(value, "HOST:PORT, for example 127.0.0.1:4566");
}

function resolver(value: string): ResolverAddress {
  return parseResolver(value) ?? wrong(value, "the address of a resolver, for example 192.0.2.1 or 192.0.2.1:53");
}

/** One place of the network: resolvers that stand in for one another, joined by "+". */
function perspective(value: string): readonly ResolverAddress[] {
  return value.split("+").map((address) => resolver(address.trim()));
}

function nameSuffix(value: string): NameSuffix {
  return parseNameSuffix(value) ?? wrong(value, "the end of a name, for example internal or corp.example.com");
}

function caaIdentity(value: string): string {
  return parseNameSuffix(value) ?? wrong(value, "a domain name by which CAA records name a CA");
}

function upstreamCa(value: string): KnownCa {
  return findCa(value) ?? wrong(value, `an https:// URL of an ACME directory, or one of ${KNOWN_CAS.join(", ")}`);
}

function mailAddress(value: string): string {
  return parseMailbox(value)?.address ?? wrong(value, "an e-mail address");
}

function ipAddress(value: string): string {
  return parseIpAddress(value) ? value : wrong(value, "an IP address");
}

function network(value: string): IpNetwork {
  return parseIpNetwork(value) ?? wrong(value, "a block of addresses such as 10.0.0.0/8 or fd00::/8");
}

function url(value: string): string {
  return value === "" ? "" : (parseHttpUrl(value) ?? wrong(value, "an http:// or https:// URL without a path"));
}

function zone(value: string): string {
  const name = value.toLowerCase().replace(/\.$/, "");
  return /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/.test(name) ? name : wrong(value, "a domain name");
}

function cidr(value: string): string {
  return /^\d{1,3}(\.\d{1,3}){3}\/\d{1,2}$/.test(value) ? value : wrong(value, "an IPv4 block such as 127.0.0.0/8");
}

function duration(value: string): number {
  return parseDuration(value) ?? wrong(value, "a duration such as 15m, 72h or 198d");
}

function count(value: string): number {
  return /^\d{1,9}$/.test(value) ? Number(value) : wrong(value, "a whole number");
}

/** A quota that nothing further on would take more of. */
function bounded(most: number): (value: string) => number {
  return (value) => {
    const wanted = count(value);
    return wanted >= 1 && wanted <= most ? wanted : wrong(value, `a number from 1 to ${most}`);
  };
}

function flag(value: string): boolean {
  return value === "true" ? true : value === "false" ? false : wrong(value, "true or false");
}

function fleetUrl(value: string): string {
  const origin = parseHttpUrl(value);
  return origin?.startsWith("https:") ? origin : wrong(value, "an https:// URL without a path");
}

function workers(value: string): number | "inline" {
  return parseWorkers(value) ?? wrong(value, "a number of at least 1, or inline");
}

function lease(value: string): number {
  return parseLease(value) ?? wrong(value, "0, or at least 30");
}

function rates(value: string): "as-aws" | "off" {
  return value === "as-aws" || value === "off" ? value : wrong(value, "as-aws or off");
}

function level(value: string): string {
  return LEVELS.includes(value) ? value : wrong(value, `one of ${LEVELS.join(", ")}`);
}

function eventsOutput(value: string): "stdout" | undefined {
  return value === "stdout" ? value : value === "" ? undefined : wrong(value, "stdout");
}

/** The clear text of an event is nobody else's affair: http:// is for programs on this machine. */
function webhook(value: string): string {
  const url = URL.parse(value);
  const isPlain = url?.protocol === "http:" && isLoopback(url.hostname.replace(/^\[|\]$/g, ""));
  const isRight = url && (url.protocol === "https:" || isPlain) && url.username === "" && url.password === "";
  return isRight ? url.href : wrong(value, "a https:// URL without credentials");
}

/** Never shorter than deliveries are tried. */
function retention(value: string): number {
  const length = duration(value);
  return length >= 2 * DAY ? length : wrong(value, "at least 2d: deliveries are tried for a day");
}

function smtpUrl(value: string): SmtpUrl {
  return (
    parseSmtpUrl(value) ??
    wrong(
      value.replace(/:[^:@/]*@/, ":…@"),
      "smtp://[USER@]HOST[:PORT] or smtps://…; a password belongs into smtp-password-file",
    )
  );
}

function mailbox(value: string): Mailbox {
  return (
    parseMailbox(value) ?? wrong(value, "an address, for example acm@example.com or Certificates <acm@example.com>")
  );
}

function optional<Value>(parse: (value: string) => Value): (value: string) => Value | undefined {
  return (value) => (value === "" ? undefined : parse(value));
}

function list<Value>(parse: (value: string) => Value): (value: string) => readonly Value[] {
  return (value) => (value === "" ? [] : value.split(",").map((item) => parse(item.trim())));
}

function wrong(value: string, right: string): never {
  throw new ConfigError(`"${value}" is not ${right}`);
}

const LEVELS = ["trace", "debug", "info", "warn", "error", "fatal", "silent"];
