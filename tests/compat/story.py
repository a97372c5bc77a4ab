"""One certificate's life with boto3: python3 story.py ENDPOINT CREDENTIALS_FILE TARGET_PORT DNS_PORT"""
import os, socket, ssl, subprocess, sys, time, urllib.request

endpoint, credentials, target_port, dns_port = sys.argv[1:]
os.environ["AWS_SHARED_CREDENTIALS_FILE"] = credentials
import boto3
from botocore.exceptions import ClientError


def client(name, region="eu-west-1"):
    return boto3.client(name, endpoint_url=endpoint, region_name=region)


acm, ec2, kms, route53, elbv2, sts = (client(name) for name in ("acm", "ec2", "kms", "route53", "elbv2", "sts"))
assert sts.get_caller_identity()["Account"] == "123456789012"

zone = route53.create_hosted_zone(Name="boto.example", CallerReference="story")["HostedZone"]["Id"]
certificate = acm.request_certificate(
    DomainName="boto.example", SubjectAlternativeNames=["*.boto.example"], ValidationMethod="DNS")["CertificateArn"]
described = acm.describe_certificate(CertificateArn=certificate)["Certificate"]
assert described["Status"] == "PENDING_VALIDATION", described
record = described["DomainValidationOptions"][0]["ResourceRecord"]
change = route53.change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": [{"Action": "UPSERT", "ResourceRecordSet": {
    "Name": record["Name"], "Type": record["Type"], "TTL": 60, "ResourceRecords": [{"Value": record["Value"]}]}}]})
route53.get_waiter("resource_record_sets_changed").wait(Id=change["ChangeInfo"]["Id"], WaiterConfig={"Delay": 1, "MaxAttempts": 5})
acm.get_waiter("certificate_validated").wait(CertificateArn=certificate, WaiterConfig={"Delay": 1, "MaxAttempts": 10})
# The waiter waits for the proofs; as on AWS, the certificate is issued a moment later.
for _ in range(100):
    if acm.describe_certificate(CertificateArn=certificate)["Certificate"]["Status"] == "ISSUED":
        break
    time.sleep(0.1)

subnets = ec2.describe_subnets(Filters=[{"Name": "default-for-az", "Values": ["true"]}])["Subnets"]
web = ec2.create_security_group(GroupName="web", Description="everybody, HTTPS")["GroupId"]
ec2.authorize_security_group_ingress(GroupId=web, IpProtocol="tcp", FromPort=443, ToPort=443, CidrIp="0.0.0.0/0")
balancer = elbv2.create_load_balancer(
    Name="boto", Subnets=[subnet["SubnetId"] for subnet in subnets], SecurityGroups=[web])["LoadBalancers"][0]
group = elbv2.create_target_group(Name="boto", Protocol="HTTP", Port=80, TargetType="ip", VpcId=subnets[0]["VpcId"])["TargetGroups"][0]["TargetGroupArn"]
elbv2.register_targets(TargetGroupArn=group, Targets=[{"Id": "127.0.0.1", "Port": int(target_port)}])
listener = elbv2.create_listener(
    LoadBalancerArn=balancer["LoadBalancerArn"], Protocol="HTTPS", Port=443, Certificates=[{"CertificateArn": certificate}],
    DefaultActions=[{"Type": "forward", "TargetGroupArn": group}])["Listeners"][0]["ListenerArn"]
elbv2.get_waiter("load_balancer_available").wait(LoadBalancerArns=[balancer["LoadBalancerArn"]], WaiterConfig={"Delay": 1, "MaxAttempts": 10})

address = subprocess.run(["dig", "+short", "@127.0.0.1", "-p", dns_port, balancer["DNSName"]], capture_output=True, text=True, check=True).stdout.strip()
context = ssl.create_default_context(cadata=urllib.request.urlopen(endpoint + "/ca/root.pem").read().decode())
with socket.create_connection((address, 443), timeout=5) as plain:
    with context.wrap_socket(plain, server_hostname="www.boto.example") as tls:
        serial = tls.getpeercert()["serialNumber"].lower()
        assert serial == acm.describe_certificate(CertificateArn=certificate)["Certificate"]["Serial"].replace(":", "").lstrip("0"), serial
        tls.sendall(b"GET / HTTP/1.1\r\nHost: www.boto.example\r\nConnection: close\r\n\r\n")
        answer = b"".join(iter(lambda: tls.recv(65536), b""))
        assert b"hello from the application" in answer, answer


def refused(code, call, **arguments):
    try:
        call(**arguments)
    except ClientError as error:
        assert error.response["Error"]["Code"] == code, error
        return
    raise AssertionError(f"{code} expected")


refused("ResourceInUseException", acm.delete_certificate, CertificateArn=certificate)
elbv2.delete_listener(ListenerArn=listener)
acm.delete_certificate(CertificateArn=certificate)
refused("ResourceNotFoundException", acm.describe_certificate, CertificateArn=certificate)
elbv2.delete_load_balancer(LoadBalancerArn=balancer["LoadBalancerArn"])
key = [alias["TargetKeyId"] for alias in kms.list_aliases()["Aliases"] if alias["AliasName"] == "alias/aws/acm"][0]
assert kms.list_grants(KeyId=key)["Grants"] == []
print("the whole story held")
