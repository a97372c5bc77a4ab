"""AWS's own documented examples of every KMS operation, as botocore ships them, against the product:
python3 kms_examples.py ENDPOINT CREDENTIALS_FILE

What an example only stands in for (key ids, ciphertexts, accounts) is replaced by what was really made; everything else
is sent as it is documented, and the answer must have every member that the documented answer has, with the same kind of
value, and the same value where it does not name something of the reader's own."""
import json, os, sys

endpoint, credentials = sys.argv[1:]
os.environ["AWS_SHARED_CREDENTIALS_FILE"] = credentials
import boto3
from botocore.loaders import create_loader

ACCOUNT = "123456789012"
kms = boto3.client("kms", endpoint_url=endpoint, region_name="eu-west-1")
loader = create_loader()
examples = loader.load_service_model("kms", "examples-1")["examples"]


# Sealkeeper has no custom key stores: docs/parity/kms.md.
CUSTOM_KEY_STORES = {"ConnectCustomKeyStore", "CreateCustomKeyStore", "DeleteCustomKeyStore", "DescribeCustomKeyStores",
                     "DisconnectCustomKeyStore", "UpdateCustomKeyStore"}
# The documented values that are the reader's own, or the moment's.
OWN = {"AWSAccountId", "Arn", "KeyId", "KeyArn", "CreationDate", "Description", "AliasArn", "AliasName", "TargetKeyId",
       "GrantId", "GrantToken", "Name", "GranteePrincipal", "RetiringPrincipal", "IssuingAccount", "CiphertextBlob",
       "Plaintext", "PublicKey", "PrivateKeyPlaintext", "PrivateKeyCiphertextBlob", "Signature", "Mac", "Policy",
       "SourceKeyId", "DeletionDate", "ImportToken", "ParametersValidTo", "Operations", "Constraints", "Region",
       "TagKey", "TagValue", "KeyState", "Enabled", "Truncated", "ReplicaPolicy", "ReplicaTags", "KeyRotationEnabled"}


def key(**kind):
    return kms.create_key(**kind)["KeyMetadata"]


plain, other = key(), key()
ecc = key(KeySpec="ECC_NIST_P384", KeyUsage="SIGN_VERIFY")
hmac = key(KeySpec="HMAC_384", KeyUsage="GENERATE_VERIFY_MAC")
kms.create_alias(AliasName="alias/ECC_signing_key", TargetKeyId=ecc["KeyId"])
trust = {"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole"}]}
iam = boto3.client("iam", endpoint_url=endpoint, region_name="us-east-1")
role = iam.create_role(RoleName="ExampleRole", AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]


def grant(**more):
    return kms.create_grant(KeyId=plain["KeyId"], GranteePrincipal=role, Operations=["Encrypt", "Decrypt"], **more)


def pending():
    doomed = key()["KeyId"]
    kms.schedule_key_deletion(KeyId=doomed, PendingWindowInDays=7)
    return {"KeyId": doomed}


def replicated():
    primary = key(MultiRegion=True)
    kms.replicate_key(KeyId=primary["Arn"], ReplicaRegion="us-west-2")
    return primary


def signature(message):
    return kms.sign(KeyId="alias/ECC_signing_key", Message=message, SigningAlgorithm="ECDSA_SHA_384")["Signature"]


def ciphertext():
    return kms.encrypt(KeyId=plain["KeyId"], Plaintext=b"example")["CiphertextBlob"]


def external_key():
    return key(Origin="EXTERNAL")["KeyId"]


def imported():
    """What ImportKeyMaterial is to be given, made as AWS's guide does with OpenSSL."""
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import padding
    one = external_key()
    parameters = kms.get_parameters_for_import(KeyId=one, WrappingAlgorithm="RSAES_OAEP_SHA_256", WrappingKeySpec="RSA_2048")
    wrapping = serialization.load_der_public_key(parameters["PublicKey"])
    wrapped = wrapping.encrypt(os.urandom(32), padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None))
    return {"KeyId": one, "ImportToken": parameters["ImportToken"], "EncryptedKeyMaterial": wrapped}


def with_material():
    ready = imported()
    kms.import_key_material(**ready, ExpirationModel="KEY_MATERIAL_DOES_NOT_EXPIRE")
    return {"KeyId": ready["KeyId"]}


# What an example's stand-ins become, by operation; several examples of one take turns.
REAL = {
    "CancelKeyDeletion": pending,
    "CreateAlias": lambda: {"TargetKeyId": plain["KeyId"]},
    "CreateGrant": lambda: {"KeyId": plain["Arn"], "GranteePrincipal": role},
    "Decrypt": lambda: {"KeyId": plain["Arn"], "CiphertextBlob": ciphertext()},
    "DeleteImportedKeyMaterial": with_material,
    "Encrypt": lambda: {"KeyId": plain["KeyId"], "Plaintext": b"example"},
    "GenerateDataKeyPair": lambda: {"KeyId": plain["Arn"]},
    "GenerateDataKeyPairWithoutPlaintext": lambda: {"KeyId": plain["Arn"]},
    "GenerateMac": lambda: {"KeyId": hmac["KeyId"], "Message": b"Hello World"},
    "GetParametersForImport": lambda: {"KeyId": external_key()},
    "GetPublicKey": lambda: {"KeyId": key(KeySpec="RSA_4096", KeyUsage="ENCRYPT_DECRYPT")["KeyId"]},
    "ImportKeyMaterial": imported,
    "ListRetirableGrants": lambda: {"RetiringPrincipal": role},
    "ReEncrypt": lambda: {"CiphertextBlob": ciphertext(), "DestinationKeyId": other["KeyId"]},
    "RetireGrant": lambda: {"KeyId": plain["Arn"], "GrantId": grant()["GrantId"]},
    "RevokeGrant": lambda: {"KeyId": plain["KeyId"], "GrantId": grant()["GrantId"]},
    "ScheduleKeyDeletion": lambda: {"KeyId": key()["KeyId"]},
    "Sign": lambda: {"Message": b"<message to be signed>"},
    "UpdateAlias": lambda: {"TargetKeyId": other["KeyId"]},
    "Verify": lambda: {"Message": b"<message to be verified>", "Signature": signature(b"<message to be verified>")},
    "VerifyMac": lambda: {"KeyId": hmac["KeyId"], "Message": b"Hello World", "Mac": kms.generate_mac(
        KeyId=hmac["KeyId"], Message=b"Hello World", MacAlgorithm="HMAC_SHA_384")["Mac"]},
    "GenerateDataKey": lambda: {},
    "GenerateDataKeyWithoutPlaintext": lambda: {},
    "PutKeyPolicy": lambda: {"KeyId": other["KeyId"], "Policy": kms.get_key_policy(
        KeyId=other["KeyId"], PolicyName="default")["Policy"]},
    "ReplicateKey": lambda: {"KeyId": key(MultiRegion=True)["Arn"]},
}
DESCRIBED = {
    "To get details about an RSA asymmetric KMS key": lambda: key(KeySpec="RSA_2048", KeyUsage="SIGN_VERIFY"),
    "To get details about a multi-Region key": replicated,
    "To get details about an HMAC KMS key": lambda: key(KeySpec="HMAC_256", KeyUsage="GENERATE_VERIFY_MAC"),
}


def one_alike(documented, several, where):
    """One of several is what is documented: a list has no promised order, and holds other examples' things too."""
    differences = []
    for number, real in enumerate(several):
        try:
            return alike(documented, real, f"{where}[{number}]")
        except AssertionError as difference:
            differences.append(str(difference))
    raise AssertionError("; ".join(differences))


def alike(documented, real, where):
    if isinstance(documented, dict):
        for name, value in documented.items():
            assert name in real, f"{where}: {name} is missing"
            if name not in OWN:
                alike(value, real[name], f"{where}.{name}")
        return
    if isinstance(documented, list):
        assert isinstance(real, list) and len(real) >= (1 if documented else 0), f"{where}: {real}"
        if documented and isinstance(documented[0], dict):
            one_alike(documented[0], real, where)
        else:
            assert set(documented) <= set(real), f"{where}: {real}"
        return
    assert documented == real, f"{where}: {documented} is documented, {real!r} answered"


# The order of a story: what one example needs, another one made.
FIRST = ["CreateAlias", "GenerateDataKey", "GenerateDataKeyWithoutPlaintext", "UpdateAlias", "CreateGrant", "TagResource", "EnableKeyRotation"]
LAST = ["DisableKeyRotation", "DeleteAlias", "UntagResource", "DisableKey", "EnableKey"]
order = FIRST + [name for name in examples if name not in FIRST + LAST] + LAST
grant(RetiringPrincipal=role)
kms.tag_resource(KeyId=plain["KeyId"], Tags=[{"TagKey": "CostCenter", "TagValue": "87654"}])
replayed, skipped = 0, []
for operation in order:
    for example in examples[operation]:
        title, given = example["title"], dict(example.get("input") or {})
        if operation in CUSTOM_KEY_STORES or "CustomKeyStoreId" in given:
            skipped.append(title)
            continue
        try:
            if operation == "DescribeKey":
                given["KeyId"] = DESCRIBED.get(title, lambda: plain)()["KeyId"]
            elif operation in REAL:
                given.update(REAL[operation]())
            elif "KeyId" in given and not given["KeyId"].startswith("alias/"):
                given["KeyId"] = plain["KeyId"]
            real = getattr(kms, boto3.session.botocore.xform_name(operation))(**given)
            alike(example.get("output") or {}, real, operation)
        except Exception as error:
            raise AssertionError(f"{operation}, {title!r} with {given}: {error}") from error
        replayed += 1
uncovered = set(kms.meta.service_model.operation_names) - set(examples)
assert uncovered <= {"UpdatePrimaryRegion"}, uncovered
print(json.dumps({"replayed": replayed, "skipped": skipped}))
