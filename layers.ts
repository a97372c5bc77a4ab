/** Who may import whom, lowest first. The only copy: oxlint enforces it, ARCHITECTURE.md explains it. */
const STORED = ["store", "domain", "lib"];
const KEPT = ["custody", "journal", ...STORED];

export const LAYERS: Record<string, readonly string[]> = {
  lib: [],
  domain: ["lib"],
  store: ["domain", "lib"],
  jobs: STORED,
  journal: STORED,
  dns: STORED,
  mail: ["jobs", ...STORED],
  custody: ["journal", ...STORED],
  identity: KEPT,
  ca: KEPT,
  validation: ["dns", "mail", ...STORED],
  lifecycle: ["ca", "validation", "mail", "dns", "jobs", ...KEPT],
  events: ["jobs", "journal", ...STORED],
  integrations: ["lifecycle", "jobs", ...KEPT],
  fleet: ["identity", "ca", "integrations", "lifecycle", "jobs", ...KEPT],
  acme: ["lifecycle", "ca", "validation", "dns", "jobs", ...KEPT],
  rehearsal: ["lifecycle", "integrations", "ca", "validation", "dns", "jobs", ...KEPT],
  "time-machine": ["domain", "lib"],
  aws: ["domain", "lib"],
  services: [
    "aws",
    "acme",
    "rehearsal",
    "events",
    "integrations",
    "lifecycle",
    "ca",
    "custody",
    "dns",
    "identity",
    "domain",
    "lib",
  ],
  edge: ["domain", "lib"],
};

/** Which layers may touch the outside world, and how. main, cli and tests may do anything. */
export const CAPABILITIES: Record<string, readonly string[]> = {
  "node:crypto": ["lib", "custody", "identity", "ca", "acme", "events", "aws", "edge"],
  "node:sqlite": ["store"],
  pg: ["store"],
  "node:net": ["validation", "dns", "fleet", "edge"],
  "node:tls": ["validation", "integrations", "edge"],
  "node:http": ["validation", "ca", "events", "edge", "aws"],
  "node:https": ["validation", "ca", "events", "edge", "aws"],
  "node:http2": ["edge"],
  "node:dgram": ["dns", "edge"],
  "node:fs": [],
  "node:fs/promises": [],
  "node:child_process": [],
  nodemailer: ["mail"],
  jose: ["acme", "ca", "edge"],
  tldts: ["domain"],
};
