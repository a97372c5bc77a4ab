/** How a load balancer deals with requests that two parsers may read differently. */
export type DesyncMode = "monitor" | "defensive" | "strictest";

/** How safe a request is to pass on. https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html#desync-mitigation-mode */
export type DesyncLevel = "Compliant" | "Acceptable" | "Ambiguous" | "Severe";

/** `reason` as ALB's access log names it, for example `BothTeClPresent`; undefined for what is compliant. */
export interface Classification {
  readonly level: DesyncLevel;
  readonly reason: string | undefined;
}

export const COMPLIANT: Classification = { level: "Compliant", reason: undefined };

/** What becomes of a request: `close` passes it on, and both connections end behind it. */
export type DesyncVerdict = "pass" | "close" | "refuse";

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html#desync-mitigation-mode */
export const DESYNC: Readonly<Record<DesyncMode, Readonly<Record<DesyncLevel, DesyncVerdict>>>> = {
  monitor: { Compliant: "pass", Acceptable: "pass", Ambiguous: "pass", Severe: "pass" },
  defensive: { Compliant: "pass", Acceptable: "pass", Ambiguous: "close", Severe: "refuse" },
  strictest: { Compliant: "pass", Acceptable: "refuse", Ambiguous: "refuse", Severe: "refuse" },
};
