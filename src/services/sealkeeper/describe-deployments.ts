import {
  type DescribedDeployment,
  type DescribedPlace,
  describeDeployments,
} from "#integrations/deployment/describe.ts";
import type { DeploymentShown, PlaceShown, SealkeeperOperation } from "./api.ts";

/** Where a certificate is served, which version, and whether a handshake from outside has seen it. */
export const DescribeDeployments: SealkeeperOperation<"DescribeDeployments"> = async (
  { CertificateArn },
  caller,
  deps,
) => ({ Deployments: (await describeDeployments(CertificateArn, caller, deps)).map(shown) });

function shown(deployment: DescribedDeployment): DeploymentShown {
  const { loadBalancerArn, state, serial, servedSerial, startedAt, changedAt, problem, places } = deployment;
  return {
    LoadBalancerArn: loadBalancerArn,
    State: state,
    Serial: serial,
    ServedSerial: servedSerial,
    StartedAt: startedAt,
    ChangedAt: changedAt,
    Problem: problem,
    Places: places.map(shownPlace),
  };
}

function shownPlace(place: DescribedPlace): PlaceShown {
  const { edge, listenerArn, address, port, reportedSerial, seenSerial, problem, seenAt } = place;
  return {
    Edge: edge,
    ListenerArn: listenerArn,
    Address: address,
    Port: port,
    ReportedSerial: reportedSerial,
    SeenSerial: seenSerial,
    Problem: problem,
    SeenAt: seenAt,
  };
}
