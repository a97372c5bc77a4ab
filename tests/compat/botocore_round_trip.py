"""Every operation that the installed botocore knows, there and back, before a server that echoes (tests/support/echo.ts).

usage: botocore_round_trip.py PORT TOLD_PORT SERVICE...
TOLD_PORT answers what the server got and gave in the last call. Prints one JSON object: the operations tried, and what differed.
"""

import base64
import datetime
import json
import sys
import urllib.request

import botocore.config
import botocore.session

TIME = datetime.datetime(2026, 7, 5, 1, 2, 3, 250000, tzinfo=datetime.timezone.utc)
TEXT = "s <&>\"' \u00e9=/+%\U0001F600"
# botocore cuts everything up to the last slash from these
ZONE_IDS = ("HostedZoneId", "Id", "DelegationSetId", "HostedZoneIdMarker")


class Sampler:
    """Makes a value of any shape, every member filled in."""

    def __init__(self, service, whole_seconds):
        self.service = service
        self.whole_seconds = whole_seconds

    def sample(self, shape, name="", seen=(), depth=0):
        kind = shape.type_name
        if kind == "structure":
            return self.structure(shape, seen, depth)
        if kind == "list":
            most = shape.metadata.get("max", 2)
            count = max(2, int(shape.metadata.get("min", 2)))
            items = [self.sample(shape.member, name, seen, depth + 1) for _ in range(count)]
            return [item for item in items if item is not None][: most or None]
        if kind == "map":
            value = self.sample(shape.value, name, seen, depth + 1)
            return {} if value is None else {"k 1": value, "k2": value}
        if kind == "timestamp":
            in_header = shape.serialization.get("location") == "header"
            return TIME.replace(microsecond=0) if self.whole_seconds or in_header else TIME
        if kind == "blob":
            return bytes([0, 255, 60, 38])
        if kind == "boolean":
            return True
        if kind in ("integer", "long"):
            return max(7, int(shape.metadata.get("min", 7)))
        if kind in ("float", "double"):
            return 7.5
        return self.text(shape, name)

    def structure(self, shape, seen, depth):
        tagged = getattr(shape, "is_tagged_union", False)
        if shape.name in seen or depth > 12:
            return None if tagged else {}
        members = list(shape.members.items())[: 1 if tagged else None]
        filled = {key: self.sample(member, key, seen + (shape.name,), depth + 1) for key, member in members}
        return {key: value for key, value in filled.items() if value is not None}

    def text(self, shape, name):
        if self.service == "route53" and name in ZONE_IDS:
            value = "Z1"
        elif name in ("MaxItems", "MaxResults"):  # a number to newer models, a string to older ones
            value = "7"
        elif shape.serialization.get("location") == "header":
            value = "hdr"
        elif shape.enum:
            value = shape.enum[0]
        else:
            value = TEXT
        return value + "x" * (int(shape.metadata.get("min") or 0) - len(value))


def plain(value):
    if isinstance(value, (bytes, bytearray)):
        return {"$blob": base64.b64encode(value).decode()}
    if isinstance(value, datetime.datetime):
        return {"$time": round(value.timestamp() * 1000)}
    if hasattr(value, "read"):
        return plain(value.read())
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items() if key != "ResponseMetadata"}
    return value


def known(value, shape):
    """What of a value this botocore's (older) model knows."""
    if shape is None:
        return {}
    if shape.type_name == "structure" and isinstance(value, dict):
        return {key: known(item, shape.members[key]) for key, item in value.items() if key in shape.members}
    if shape.type_name == "list" and isinstance(value, list):
        return [known(item, shape.member) for item in value]
    if shape.type_name == "map" and isinstance(value, dict):
        return {key: known(item, shape.value) for key, item in value.items()}
    return value


def differences(got, wanted, at):
    if isinstance(got, dict) and isinstance(wanted, dict):
        for key in sorted(set(got) | set(wanted)):
            if key not in got or key not in wanted:
                yield f"{at}.{key} is {'extra' if key in got else 'missing'}"
            else:
                yield from differences(got[key], wanted[key], f"{at}.{key}")
    elif isinstance(got, list) and isinstance(wanted, list) and len(got) == len(wanted):
        for index, pair in enumerate(zip(got, wanted)):
            yield from differences(*pair, f"{at}[{index}]")
    elif got != wanted and not (int in (type(got), type(wanted)) and str(got) == str(wanted)):
        yield f"{at} is {str(got)[:80]}, not {str(wanted)[:80]}"


def try_service(session, service, port, told_port):
    client = session.create_client(
        service,
        "us-east-1",
        endpoint_url=f"http://127.0.0.1:{port}",
        config=botocore.config.Config(retries={"max_attempts": 0}, inject_host_prefix=False),
    )
    model = client.meta.service_model
    # botocore cuts the rest off
    sampler = Sampler(service, model.metadata["protocol"] in ("json", "smithy-rpc-v2-cbor"))
    methods = {operation: method for method, operation in client.meta.method_to_api_mapping.items()}
    for operation in model.operation_names:
        if operation in ("AssumeRoleWithSAML", "AssumeRoleWithWebIdentity"):  # come unsigned
            continue
        shapes = model.operation_model(operation)
        parameters = sampler.sample(shapes.input_shape) if shapes.input_shape else {}
        if operation == "SearchCertificates":  # recursion without an end
            parameters.pop("FilterStatement", None)
        if operation == "RunInstances":  # botocore writes it in base64 itself
            parameters.pop("UserData", None)
        problems = []
        try:
            result = plain(getattr(client, methods[operation])(**parameters))
        except Exception as error:  # whatever a client says is what its user sees
            result = None
            problems.append(f"{type(error).__name__}: {str(error)[:300]}")
        told = json.load(urllib.request.urlopen(f"http://127.0.0.1:{told_port}"))
        problems += differences(told.get("input"), plain(parameters), "input")
        if result is not None:
            problems += differences(result, known(told.get("output", {}), shapes.output_shape), "output")
        yield f"{service}.{operation}", problems[:3]


def main():
    port, told_port, *services = sys.argv[1:]
    session = botocore.session.get_session()
    session.set_credentials("AKIATESTTESTTESTTEST", "a/secret+of/the+tests")
    tried = [pair for service in services for pair in try_service(session, service, port, told_port)]
    wrong = {name: problems for name, problems in tried if problems}
    json.dump({"version": botocore.__version__, "operations": len(tried), "wrong": wrong}, sys.stdout)


main()
