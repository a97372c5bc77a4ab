"""A private CA's life with boto3: python3 acm_pca_story.py ENDPOINT CREDENTIALS_FILE"""
import os, subprocess, sys, tempfile

endpoint, credentials = sys.argv[1:]
os.environ["AWS_SHARED_CREDENTIALS_FILE"] = credentials
import boto3
from botocore.exceptions import ClientError

pca = boto3.client("acm-pca", endpoint_url=endpoint, region_name="eu-west-1")
QUICK = {"Delay": 1, "MaxAttempts": 20}


def refused(code, call, **arguments):
    try:
        call(**arguments)
    except ClientError as error:
        assert error.response["Error"]["Code"] == code, error
        return error.response["Error"]["Message"]
    raise AssertionError(f"{code} expected")


def create(kind, name, **more):
    arn = pca.create_certificate_authority(
        CertificateAuthorityType=kind,
        CertificateAuthorityConfiguration={
            "KeyAlgorithm": "RSA_2048", "SigningAlgorithm": "SHA256WITHRSA",
            "Subject": {"Country": "US", "Organization": "Example Corp", "OrganizationalUnit": "Sales", "State": "WA",
                        "Locality": "Seattle", "CommonName": name}}, **more)["CertificateAuthorityArn"]
    pca.get_waiter("certificate_authority_csr_created").wait(CertificateAuthorityArn=arn, WaiterConfig=QUICK)
    return arn, pca.get_certificate_authority_csr(CertificateAuthorityArn=arn)["Csr"]


def issue(authority, csr, template, days, **more):
    arn = pca.issue_certificate(
        CertificateAuthorityArn=authority, Csr=csr, SigningAlgorithm="SHA256WITHRSA",
        TemplateArn=f"arn:aws:acm-pca:::template/{template}", Validity={"Type": "DAYS", "Value": days}, **more)["CertificateArn"]
    pca.get_waiter("certificate_issued").wait(CertificateAuthorityArn=authority, CertificateArn=arn, WaiterConfig=QUICK)
    return pca.get_certificate(CertificateAuthorityArn=authority, CertificateArn=arn)


root, csr = create("ROOT", "root.example.com", IdempotencyToken="01234567", Tags=[{"Key": "Name", "Value": "MyPCA"}])
own = issue(root, csr, "RootCACertificate/V1", 3650)
assert "CertificateChain" not in own, own
pca.import_certificate_authority_certificate(CertificateAuthorityArn=root, Certificate=own["Certificate"])
assert pca.describe_certificate_authority(CertificateAuthorityArn=root)["CertificateAuthority"]["Status"] == "ACTIVE"

sub, csr = create("SUBORDINATE", "sub.example.com")
signed = issue(root, csr, "SubordinateCACertificate_PathLen0/V1", 1825)
refused("InvalidRequestException", pca.import_certificate_authority_certificate,
        CertificateAuthorityArn=sub, Certificate=signed["Certificate"])
pca.import_certificate_authority_certificate(
    CertificateAuthorityArn=sub, Certificate=signed["Certificate"], CertificateChain=signed["CertificateChain"])

with tempfile.TemporaryDirectory() as folder:
    run = lambda *arguments: subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True, text=True).stdout
    run("req", "-new", "-newkey", "rsa:2048", "-nodes", "-keyout", "key.pem", "-out", "csr.pem", "-subj", "/O=Example/CN=www.example.com",
        "-addext", "subjectAltName=DNS:www.example.com,DNS:example.com,IP:192.0.2.1,email:it@example.com")
    leaf = issue(sub, open(f"{folder}/csr.pem").read(), "EndEntityServerAuthCertificate/V1", 365)
    for name, text in (("leaf", leaf["Certificate"]), ("chain", leaf["CertificateChain"]), ("root", own["Certificate"])):
        open(f"{folder}/{name}.pem", "w").write(text + "\n")
    assert "leaf.pem: OK" in run("verify", "-x509_strict", "-CAfile", "root.pem", "-untrusted", "chain.pem", "-purpose", "sslserver",
                                 "-verify_hostname", "example.com", "leaf.pem")
    text = run("x509", "-in", "leaf.pem", "-noout", "-text")
    assert "email:it@example.com" in text and "TLS Web Server Authentication" in text, text
    serial = run("x509", "-in", "leaf.pem", "-noout", "-serial").strip().removeprefix("serial=")

    passed = issue(sub, open(f"{folder}/csr.pem").read(), "EndEntityCertificate_APIPassthrough/V1", 30, ApiPassthrough={
        "Subject": {"CommonName": "other.example.com", "Organization": "Other"},
        "Extensions": {"SubjectAlternativeNames": [{"DnsName": "other.example.com"}, {"IpAddress": "2001:db8::1"}],
                       "CertificatePolicies": [{"CertPolicyId": "1.2.3.4", "PolicyQualifiers": [
                           {"PolicyQualifierId": "CPS", "Qualifier": {"CpsUri": "https://example.com/cps"}}]}]}})
    open(f"{folder}/passed.pem", "w").write(passed["Certificate"] + "\n")
    text = run("x509", "-in", "passed.pem", "-noout", "-text")
    assert "CN = other.example.com" in text and "IP Address:2001:DB8:0:0:0:0:0:1" in text and "https://example.com/cps" in text, text
    assert "it@example.com" not in text, text

pca.revoke_certificate(CertificateAuthorityArn=sub, CertificateSerial=serial, RevocationReason="SUPERSEDED")
refused("RequestAlreadyProcessedException", pca.revoke_certificate,
        CertificateAuthorityArn=sub, CertificateSerial=serial, RevocationReason="SUPERSEDED")
message = refused("InvalidArgsException", pca.issue_certificate, CertificateAuthorityArn=sub, Csr=csr, SigningAlgorithm="SHA384WITHECDSA",
                  Validity={"Type": "DAYS", "Value": 1})
assert message == ("Signing algorithm SHA384WITHECDSA cannot be used with key type RSA_2048. "
                   "Valid signing algorithms are: SHA256WITHRSA, SHA384WITHRSA, SHA512WITHRSA."), message
refused("MalformedCSRException", pca.issue_certificate, CertificateAuthorityArn=sub, Csr="junk", SigningAlgorithm="SHA256WITHRSA",
        Validity={"Type": "DAYS", "Value": 1})
refused("ValidationException", pca.issue_certificate, CertificateAuthorityArn=sub, Csr=csr, SigningAlgorithm="SHA256WITHRSA",
        Validity={"Type": "YEARS", "Value": 100})
report = pca.create_certificate_authority_audit_report(CertificateAuthorityArn=sub, S3BucketName="reports", AuditReportResponseFormat="CSV")
pca.get_waiter("audit_report_created").wait(
    CertificateAuthorityArn=sub, AuditReportId=report["AuditReportId"], WaiterConfig=QUICK)
listed = [ca["Arn"] for page in pca.get_paginator("list_certificate_authorities").paginate(PaginationConfig={"PageSize": 1})
          for ca in page["CertificateAuthorities"]]
assert listed == [root, sub], listed
pca.create_permission(CertificateAuthorityArn=sub, Principal="acm.amazonaws.com", Actions=["IssueCertificate", "GetCertificate", "ListPermissions"])
assert [one["Principal"] for one in pca.list_permissions(CertificateAuthorityArn=sub)["Permissions"]] == ["acm.amazonaws.com"]
assert pca.list_tags(CertificateAuthorityArn=root)["Tags"] == [{"Key": "Name", "Value": "MyPCA"}]
for arn in (sub, root):
    pca.update_certificate_authority(CertificateAuthorityArn=arn, Status="DISABLED")
    pca.delete_certificate_authority(CertificateAuthorityArn=arn, PermanentDeletionTimeInDays=7)
    assert pca.describe_certificate_authority(CertificateAuthorityArn=arn)["CertificateAuthority"]["Status"] == "DELETED"
print("the whole story held")
