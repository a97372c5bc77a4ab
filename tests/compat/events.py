"""Events and metrics with boto3: python3 events.py ENDPOINT CREDENTIALS_FILE HOOK_URL CERTIFICATE KEY"""
import datetime, json, os, sys, time

endpoint, credentials, hook, certificate_file, key_file = sys.argv[1:]
os.environ["AWS_SHARED_CREDENTIALS_FILE"] = credentials
import boto3
from botocore.exceptions import ClientError


def client(name, region="eu-west-1"):
    return boto3.client(name, endpoint_url=endpoint, region_name=region)


acm, events, cloudwatch = (client(name) for name in ("acm", "events", "cloudwatch"))


def refused(code, call, **arguments):
    try:
        call(**arguments)
    except ClientError as error:
        assert error.response["Error"]["Code"] == code, error
        return error.response["Error"]["Message"]
    raise AssertionError(f"{code} expected")


# a rule with an API destination
connection = events.create_connection(
    Name="hook", AuthorizationType="BASIC", AuthParameters={"BasicAuthParameters": {"Username": "boto", "Password": "hush"}})["ConnectionArn"]
destination = events.create_api_destination(
    Name="hook", ConnectionArn=connection, InvocationEndpoint=hook, HttpMethod="POST")["ApiDestinationArn"]
pattern = json.dumps({"source": ["aws.acm"], "detail-type": [{"prefix": "ACM Certificate"}], "detail": {"DaysToExpiry": [{"numeric": ["<", 45]}]}})
rule = events.put_rule(Name="ending", EventPattern=pattern, Tags=[{"Key": "team", "Value": "tls"}])["RuleArn"]
answer = events.put_targets(Rule="ending", Targets=[{"Id": "hook", "Arn": destination, "InputTransformer": {
    "InputPathsMap": {"days": "$.detail.DaysToExpiry", "name": "$.detail.CommonName", "type": "$.detail-type"},
    "InputTemplate": '{"text": "<type>: <name> ends in <days> days"}'}}])
assert answer["FailedEntryCount"] == 0, answer
assert events.describe_rule(Name="ending")["State"] == "ENABLED"
assert [each["Id"] for each in events.list_targets_by_rule(Rule="ending")["Targets"]] == ["hook"]
assert events.list_tags_for_resource(ResourceARN=rule)["Tags"] == [{"Key": "team", "Value": "tls"}]
assert events.list_rule_names_by_target(TargetArn=destination)["RuleNames"] == ["ending"]
assert "must be an object or an array" in refused("InvalidEventPatternException", events.put_rule, Name="x", EventPattern='{"a":1}')
refused("ResourceNotFoundException", events.describe_rule, Name="none")
refused("ValidationException", events.delete_rule, Name="ending")

# a certificate that ends soon
with open(certificate_file, "rb") as certificate, open(key_file, "rb") as key:
    arn = acm.import_certificate(Certificate=certificate.read(), PrivateKey=key.read())["CertificateArn"]

# its metrics
now = datetime.datetime.now(datetime.timezone.utc)
metric = {"Namespace": "AWS/CertificateManager", "MetricName": "DaysToExpiry", "Dimensions": [{"Name": "CertificateArn", "Value": arn}]}
time_range = {"StartTime": now - datetime.timedelta(hours=1), "EndTime": now + datetime.timedelta(hours=1)}
points = cloudwatch.get_metric_statistics(**metric, **time_range, Period=3600, Statistics=["Minimum", "Maximum"])
assert points["Label"] == "DaysToExpiry" and [point["Minimum"] for point in points["Datapoints"]] == [10.0], points
data = cloudwatch.get_metric_data(**time_range, MetricDataQueries=[
    {"Id": "days", "MetricStat": {"Metric": metric, "Period": 60, "Stat": "Average"}}])["MetricDataResults"][0]
assert data["Values"] == [10.0] and data["StatusCode"] == "Complete", data
metrics = [each for page in cloudwatch.get_paginator("list_metrics").paginate(Namespace="AWS/CertificateManager") for each in page["Metrics"]]
assert metric in metrics, metrics
refused("InvalidParameterCombination", cloudwatch.get_metric_statistics, **metric, **time_range, Period=1, Statistics=["Sum"])
refused("InvalidParameterValue", cloudwatch.get_metric_statistics, **metric, StartTime=now, EndTime=now, Period=60, Statistics=["Sum"])
refused("ValidationError", cloudwatch.get_metric_data, **time_range, MetricDataQueries=[{"Id": "e", "Expression": "1 + 1"}])

# events of one's own, an archive and a replay
archive = events.create_archive(ArchiveName="all", EventSourceArn="arn:aws:events:eu-west-1:123456789012:event-bus/default")["ArchiveArn"]
sent = events.put_events(Entries=[
    {"Source": "my.app", "DetailType": "Happened", "Detail": json.dumps({"DaysToExpiry": 1})},
    {"Source": "aws.acm", "DetailType": "Forged", "Detail": "{}"}])
assert sent["FailedEntryCount"] == 1 and sent["Entries"][1]["ErrorCode"] == "NotAuthorizedForSourceException", sent
events.start_replay(ReplayName="again", EventSourceArn=archive, EventStartTime=now - datetime.timedelta(hours=1),
                    EventEndTime=now + datetime.timedelta(hours=1),
                    Destination={"Arn": "arn:aws:events:eu-west-1:123456789012:event-bus/default"})
for _ in range(100):
    if events.describe_replay(ReplayName="again")["State"] == "COMPLETED":
        break
    time.sleep(0.1)
else:
    raise AssertionError("the replay did not end")

# and everything goes again
assert events.remove_targets(Rule="ending", Ids=["hook"])["FailedEntryCount"] == 0
events.delete_rule(Name="ending")
events.delete_api_destination(Name="hook")
events.delete_connection(Name="hook")
events.delete_archive(ArchiveName="all")
print(arn)
