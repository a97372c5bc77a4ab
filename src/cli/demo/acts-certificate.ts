import { DescribeCertificateCommand, RequestCertificateCommand } from "@aws-sdk/client-acm";
import { ChangeResourceRecordSetsCommand, CreateHostedZoneCommand } from "@aws-sdk/client-route-53";
import type { Stage } from "./stage.ts";
import { until } from "./until.ts";

export async function zone({ tell, route53, domain, learned }: Stage): Promise<void> {
  const answer = await tell.step(
    "A hosted zone, so that somebody answers for the domain",
    `aws route53 create-hosted-zone --name ${domain} --caller-reference demo`,
    () => route53.send(new CreateHostedZoneCommand({ Name: domain, CallerReference: "demo" })),
  );
  learned.zoneId = answer.HostedZone?.Id ?? "";
  tell.saw("zone", learned.zoneId);
  tell.saw("name servers", (answer.DelegationSet?.NameServers ?? []).join(", "));
  tell.check("the zone has name servers of its own", (answer.DelegationSet?.NameServers?.length ?? 0) > 0);
}

export async function request({ tell, acm, domain, learned }: Stage): Promise<void> {
  const answer = await tell.step(
    "A certificate for the domain and everything below it",
    `aws acm request-certificate --domain-name ${domain} \\\n    --subject-alternative-names '*.${domain}' --validation-method DNS`,
    () =>
      acm.send(
        new RequestCertificateCommand({
          DomainName: domain,
          SubjectAlternativeNames: [`*.${domain}`],
          ValidationMethod: "DNS",
          IdempotencyToken: "demo",
        }),
      ),
  );
  learned.certificateArn = answer.CertificateArn ?? "";
  tell.saw("certificate", learned.certificateArn);

  const described = await tell.step(
    "It waits for proof that the domain is ours",
    `aws acm describe-certificate --certificate-arn ${learned.certificateArn}`,
    () => acm.send(new DescribeCertificateCommand({ CertificateArn: learned.certificateArn })),
  );
  const options = described.Certificate?.DomainValidationOptions ?? [];
  const record = options[0]?.ResourceRecord;
  learned.record = { Name: record?.Name ?? "", Type: record?.Type ?? "", Value: record?.Value ?? "" };
  tell.saw("status", described.Certificate?.Status ?? "");
  tell.saw("record to create", `${learned.record.Name} ${learned.record.Type} ${learned.record.Value}`);
  tell.check("the certificate is pending", described.Certificate?.Status === "PENDING_VALIDATION");
  tell.check("both names are proved by one and the same record", options[1]?.ResourceRecord?.Name === record?.Name);
}

export async function prove({ tell, route53, learned }: Stage): Promise<void> {
  const { Name, Value } = learned.record;
  await tell.step(
    "The proof: one CNAME record, written once, for this certificate and all its renewals",
    `aws route53 change-resource-record-sets --hosted-zone-id ${learned.zoneId} --change-batch \\\n` +
      `    '{"Changes":[{"Action":"CREATE","ResourceRecordSet":{"Name":"${Name}","Type":"CNAME","TTL":300,"ResourceRecords":[{"Value":"${Value}"}]}}]}'`,
    () =>
      route53.send(
        new ChangeResourceRecordSetsCommand({
          HostedZoneId: learned.zoneId,
          ChangeBatch: {
            Changes: [
              {
                Action: "CREATE",
                ResourceRecordSet: { Name, Type: "CNAME", TTL: 300, ResourceRecords: [{ Value }] },
              },
            ],
          },
        }),
      ),
  );
}

export async function issue({ tell, acm, learned }: Stage): Promise<void> {
  const began = performance.now();
  const certificate = await tell.step(
    "The record is noticed; the key is made and sealed, the certificate signed",
    `aws acm wait certificate-validated --certificate-arn ${learned.certificateArn}`,
    () =>
      until("the certificate is issued", async () => {
        const answer = await acm.send(new DescribeCertificateCommand({ CertificateArn: learned.certificateArn }));
        return answer.Certificate?.Status === "PENDING_VALIDATION" ? undefined : answer.Certificate;
      }),
  );
  tell.saw("status", `${certificate.Status}, ${Math.round(performance.now() - began)} ms after the record`);
  tell.saw("serial", certificate.Serial ?? "");
  tell.saw("valid until", certificate.NotAfter?.toISOString() ?? "");
  tell.check("it is ISSUED in under a second", certificate.Status === "ISSUED" && performance.now() - began < 1_000);
}
