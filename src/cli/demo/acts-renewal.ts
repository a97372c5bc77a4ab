import { DescribeCertificateCommand } from "@aws-sdk/client-acm";
import type { Stage } from "./stage.ts";
import { until } from "./until.ts";
import { type Front, get, handshake, oneConnection } from "./wire.ts";

/** It renews by itself against the same CNAME, while clients come and go. */
export async function renew(stage: Stage): Promise<void> {
  const { tell, acm, host, root, learned } = stage;
  const front: Front = { ...(await stage.front()), host, root };
  const before = await handshake(front);
  const load = startLoad(front);
  const agent = oneConnection();
  const first = await get(front, agent);

  const after = await tell.step(
    "Renewal, by itself, against the same record, while requests run",
    `watch "openssl s_client -connect ${host}:443 -servername ${host} </dev/null | openssl x509 -noout -serial"`,
    () =>
      until("another serial", async () => {
        const now = await handshake(front);
        return now.serial === before.serial ? undefined : now;
      }),
  );
  const last = await get(front, agent);
  agent.destroy();
  const { requests, failed } = await load.stop();
  tell.saw("serial before", before.serial);
  tell.saw("serial after", after.serial);
  tell.saw("requests", `${requests} on new connections, ${failed} failed`);
  tell.check("the serial and the key changed", after.serial !== before.serial && after.modulus !== before.modulus);
  tell.check("no request failed", requests > 0 && failed === 0);
  tell.check("a connection made before it lives on", last.status === 200 && last.socket === first.socket);

  const { Certificate } = await acm.send(new DescribeCertificateCommand({ CertificateArn: learned.certificateArn }));
  tell.saw("RenewalSummary", Certificate?.RenewalSummary?.RenewalStatus ?? "none");
  tell.check(
    "the ARN is the same and the renewal is a success",
    Certificate?.RenewalSummary?.RenewalStatus === "SUCCESS",
  );
}

/** Four clients that make a new connection for each request, until they are stopped. */
function startLoad(front: Front): { stop(): Promise<{ requests: number; failed: number }> } {
  let stopped = false;
  let requests = 0;
  let failed = 0;
  const client = async (): Promise<void> => {
    while (!stopped) {
      requests += 1;
      await get(front).then(
        ({ status }) => {
          if (status !== 200) failed += 1;
        },
        () => {
          failed += 1;
        },
      );
    }
  };
  const clients = Promise.all([client(), client(), client(), client()]);
  return {
    async stop() {
      stopped = true;
      await clients;
      return { requests, failed };
    },
  };
}
