"""KMS with boto3, and cryptography (OpenSSL) on the other side: python3 kms_story.py ENDPOINT CREDENTIALS_FILE"""
import hashlib, json, os, sys

endpoint, credentials = sys.argv[1:]
os.environ["AWS_SHARED_CREDENTIALS_FILE"] = credentials
import boto3
from botocore.exceptions import ClientError
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, utils
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

kms = boto3.client("kms", endpoint_url=endpoint, region_name="eu-west-1")
iam = boto3.client("iam", endpoint_url=endpoint, region_name="us-east-1")
ANYBODY_HERE = json.dumps({"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": {"AWS": "123456789012"}, "Action": "sts:AssumeRole"}]})
MESSAGE = b"what is signed, encrypted and authenticated"


def refused(code, call, **arguments):
    try:
        call(**arguments)
    except ClientError as error:
        assert error.response["Error"]["Code"] == code, error
        return error.response["Error"]["Message"]
    raise AssertionError(f"{code} expected")


def create(spec, usage):
    return kms.create_key(KeySpec=spec, KeyUsage=usage)["KeyMetadata"]["KeyId"]


def public_of(key):
    return serialization.load_der_public_key(kms.get_public_key(KeyId=key)["PublicKey"])


HASHES = {256: hashes.SHA256(), 384: hashes.SHA384(), 512: hashes.SHA512()}

# Sign: cryptography verifies what KMS signs, RAW and DIGEST; Verify: KMS verifies what it signed, and nothing else.
for spec in ("RSA_2048", "RSA_3072", "RSA_4096"):
    key = create(spec, "SIGN_VERIFY")
    public = public_of(key)
    for bits, algorithm in HASHES.items():
        digest = hashlib.new(f"sha{bits}", MESSAGE).digest()
        for scheme, pad in (("RSASSA_PKCS1_V1_5", padding.PKCS1v15()),
                            ("RSASSA_PSS", padding.PSS(padding.MGF1(algorithm), algorithm.digest_size))):
            name = f"{scheme}_SHA_{bits}"
            for type, body in (("RAW", MESSAGE), ("DIGEST", digest)):
                signature = kms.sign(KeyId=key, Message=body, MessageType=type, SigningAlgorithm=name)["Signature"]
                public.verify(signature, MESSAGE, pad, algorithm)
                assert kms.verify(KeyId=key, Message=body, MessageType=type, SigningAlgorithm=name, Signature=signature)["SignatureValid"]
                broken = signature[:-1] + bytes([signature[-1] ^ 1])
                refused("KMSInvalidSignatureException", kms.verify, KeyId=key, Message=body, MessageType=type,
                        SigningAlgorithm=name, Signature=broken)
    kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)

for spec, bits in (("ECC_NIST_P256", 256), ("ECC_NIST_P384", 384), ("ECC_NIST_P521", 512), ("ECC_SECG_P256K1", 256)):
    key = create(spec, "SIGN_VERIFY")
    public, name = public_of(key), f"ECDSA_SHA_{bits}"
    digest = hashlib.new(f"sha{bits}", MESSAGE).digest()
    for type, body in (("RAW", MESSAGE), ("DIGEST", digest)):
        signature = kms.sign(KeyId=key, Message=body, MessageType=type, SigningAlgorithm=name)["Signature"]
        public.verify(signature, MESSAGE, ec.ECDSA(HASHES[bits]))
        public.verify(signature, digest, ec.ECDSA(utils.Prehashed(HASHES[bits])))
        assert kms.verify(KeyId=key, Message=body, MessageType=type, SigningAlgorithm=name, Signature=signature)["SignatureValid"]
        refused("KMSInvalidSignatureException", kms.verify, KeyId=key, Message=b"x" * len(body), MessageType=type,
                SigningAlgorithm=name, Signature=signature)
    refused("InvalidKeyUsageException", kms.sign, KeyId=key, Message=MESSAGE, SigningAlgorithm="RSASSA_PSS_SHA_256")

# Encrypt outside, Decrypt inside, and the other way round.
key = create("RSA_2048", "ENCRYPT_DECRYPT")
for name, algorithm in (("RSAES_OAEP_SHA_1", hashes.SHA1()), ("RSAES_OAEP_SHA_256", hashes.SHA256())):
    outside = public_of(key).encrypt(MESSAGE, padding.OAEP(padding.MGF1(algorithm), algorithm, None))
    assert kms.decrypt(KeyId=key, CiphertextBlob=outside, EncryptionAlgorithm=name)["Plaintext"] == MESSAGE
    inside = kms.encrypt(KeyId=key, Plaintext=MESSAGE, EncryptionAlgorithm=name)["CiphertextBlob"]
    assert kms.decrypt(KeyId=key, CiphertextBlob=inside, EncryptionAlgorithm=name)["Plaintext"] == MESSAGE
    refused("InvalidCiphertextException", kms.decrypt, KeyId=key, CiphertextBlob=inside[:-1], EncryptionAlgorithm=name)
    most = 256 - 2 * algorithm.digest_size - 2
    kms.encrypt(KeyId=key, Plaintext=b"m" * most, EncryptionAlgorithm=name)
    refused("ValidationException", kms.encrypt, KeyId=key, Plaintext=b"m" * (most + 1), EncryptionAlgorithm=name)

# Message authentication codes under a key that never leaves; the same message gives the same code.
for bits in (224, 256, 384, 512):
    key, name = create(f"HMAC_{bits}", "GENERATE_VERIFY_MAC"), f"HMAC_SHA_{bits}"
    mac = kms.generate_mac(KeyId=key, Message=MESSAGE, MacAlgorithm=name)["Mac"]
    assert mac == kms.generate_mac(KeyId=key, Message=MESSAGE, MacAlgorithm=name)["Mac"] and len(mac) == bits // 8
    assert kms.verify_mac(KeyId=key, Message=MESSAGE, MacAlgorithm=name, Mac=mac)["MacValid"]
    refused("KMSInvalidMacException", kms.verify_mac, KeyId=key, Message=MESSAGE, MacAlgorithm=name, Mac=mac[:-1])
    refused("KMSInvalidMacException", kms.verify_mac, KeyId=key, Message=MESSAGE + b".", MacAlgorithm=name, Mac=mac)

# Envelope encryption: a data key seals the data outside, KMS opens the data key; the context is bound.
master = kms.create_key(Description="for envelopes", Tags=[{"TagKey": "Purpose", "TagValue": "Test"}])["KeyMetadata"]
context = {"stage": "test", "tenant": "one"}
for length, wanted in ((32, {"KeySpec": "AES_256"}), (16, {"KeySpec": "AES_128"}), (64, {"NumberOfBytes": 64})):
    data = kms.generate_data_key(KeyId=master["KeyId"], EncryptionContext=context, **wanted)
    assert len(data["Plaintext"]) == length
    again = kms.decrypt(CiphertextBlob=data["CiphertextBlob"], EncryptionContext=context)
    assert again["Plaintext"] == data["Plaintext"] and again["KeyId"] == master["Arn"]
    refused("InvalidCiphertextException", kms.decrypt, CiphertextBlob=data["CiphertextBlob"])
    refused("InvalidCiphertextException", kms.decrypt, CiphertextBlob=data["CiphertextBlob"], EncryptionContext={"stage": "test"})
nonce = os.urandom(12)
sealed = AESGCM(data["Plaintext"][:32]).encrypt(nonce, MESSAGE, None)
blind = kms.generate_data_key_without_plaintext(KeyId=master["KeyId"], KeySpec="AES_256", EncryptionContext=context)
assert "Plaintext" not in blind
opened = kms.decrypt(CiphertextBlob=data["CiphertextBlob"], EncryptionContext=context)["Plaintext"]
assert AESGCM(opened[:32]).decrypt(nonce, sealed, None) == MESSAGE
moved = kms.re_encrypt(CiphertextBlob=blind["CiphertextBlob"], SourceEncryptionContext=context,
                       DestinationKeyId=create("SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT"), DestinationEncryptionContext={"moved": "yes"})
assert moved["SourceKeyId"] == master["Arn"] and moved["KeyId"] != master["Arn"]
kms.decrypt(CiphertextBlob=moved["CiphertextBlob"], EncryptionContext={"moved": "yes"})
assert len(kms.generate_random(NumberOfBytes=1024)["Plaintext"]) == 1024

# Data key pairs work outside with what KMS opens of them.
for spec in ("RSA_2048", "ECC_NIST_P256", "ECC_NIST_P384", "ECC_NIST_P521", "ECC_SECG_P256K1"):
    pair = kms.generate_data_key_pair(KeyId=master["KeyId"], KeyPairSpec=spec, EncryptionContext=context)
    private = serialization.load_der_private_key(pair["PrivateKeyPlaintext"], None)
    public = serialization.load_der_public_key(pair["PublicKey"])
    assert private.public_key().public_numbers() == public.public_numbers()
    assert kms.decrypt(CiphertextBlob=pair["PrivateKeyCiphertextBlob"], EncryptionContext=context)["Plaintext"] == pair["PrivateKeyPlaintext"]
    blind = kms.generate_data_key_pair_without_plaintext(KeyId=master["KeyId"], KeyPairSpec=spec, EncryptionContext=context)
    assert "PrivateKeyPlaintext" not in blind
    private = serialization.load_der_private_key(
        kms.decrypt(CiphertextBlob=blind["PrivateKeyCiphertextBlob"], EncryptionContext=context)["Plaintext"], None)
    assert private.public_key().public_numbers() == serialization.load_der_public_key(blind["PublicKey"]).public_numbers()

# Aliases, tags, descriptions and pages.
kms.create_alias(AliasName="alias/story", TargetKeyId=master["KeyId"])
assert kms.describe_key(KeyId="alias/story")["KeyMetadata"]["Arn"] == master["Arn"]
refused("AlreadyExistsException", kms.create_alias, AliasName="alias/story", TargetKeyId=master["KeyId"])
refused("NotAuthorizedException", kms.create_alias, AliasName="alias/aws/story", TargetKeyId=master["KeyId"])
second = create("SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT")
kms.update_alias(AliasName="alias/story", TargetKeyId=second)
assert [a["AliasName"] for a in kms.list_aliases(KeyId=second)["Aliases"]] == ["alias/story"]
kms.delete_alias(AliasName="alias/story")
refused("NotFoundException", kms.describe_key, KeyId="alias/story")
kms.tag_resource(KeyId=second, Tags=[{"TagKey": f"t{n}", "TagValue": str(n)} for n in range(5)])
kms.untag_resource(KeyId=second, TagKeys=["t0", "t3"])
tags = [tag["TagKey"] for page in kms.get_paginator("list_resource_tags").paginate(KeyId=second, PaginationConfig={"PageSize": 2}) for tag in page["Tags"]]
assert sorted(tags) == ["t1", "t2", "t4"], tags
kms.update_key_description(KeyId=second, Description="another")
assert kms.describe_key(KeyId=second)["KeyMetadata"]["Description"] == "another"
listed = [key["KeyId"] for page in kms.get_paginator("list_keys").paginate(PaginationConfig={"PageSize": 3}) for key in page["Keys"]]
assert len(listed) == len(set(listed)) and {master["KeyId"], second} <= set(listed)

# Rotation, and what was encrypted before it.
assert kms.get_key_rotation_status(KeyId=second)["KeyRotationEnabled"] is False
kms.enable_key_rotation(KeyId=second)
assert kms.get_key_rotation_status(KeyId=second)["KeyRotationEnabled"] is True
kms.disable_key_rotation(KeyId=second)
refused("UnsupportedOperationException", kms.enable_key_rotation, KeyId=create("HMAC_256", "GENERATE_VERIFY_MAC"))

# Grants, by their lists.
role = iam.create_role(RoleName="ExampleRole", AssumeRolePolicyDocument=ANYBODY_HERE)["Role"]["Arn"]
made = kms.create_grant(KeyId=second, GranteePrincipal=role, RetiringPrincipal=role, Operations=["Decrypt", "DescribeKey"],
                        Constraints={"EncryptionContextSubset": context}, Name="story")
same = kms.create_grant(KeyId=second, GranteePrincipal=role, RetiringPrincipal=role, Operations=["Decrypt", "DescribeKey"],
                        Constraints={"EncryptionContextSubset": context}, Name="story")
assert made["GrantId"] == same["GrantId"] and made["GrantToken"] != same["GrantToken"]
[grant] = kms.list_grants(KeyId=second)["Grants"]
assert grant["Constraints"] == {"EncryptionContextSubset": context} and grant["Name"] == "story"
assert [g["GrantId"] for g in kms.list_retirable_grants(RetiringPrincipal=role)["Grants"]] == [made["GrantId"]]
kms.revoke_grant(KeyId=second, GrantId=made["GrantId"])
assert kms.list_grants(KeyId=second)["Grants"] == []

# States.
kms.disable_key(KeyId=second)
refused("DisabledException", kms.encrypt, KeyId=second, Plaintext=MESSAGE)
kms.enable_key(KeyId=second)
kms.schedule_key_deletion(KeyId=second, PendingWindowInDays=7)
refused("KMSInvalidStateException", kms.encrypt, KeyId=second, Plaintext=MESSAGE)
kms.cancel_key_deletion(KeyId=second)
assert kms.describe_key(KeyId=second)["KeyMetadata"]["KeyState"] == "Disabled"
refused("ValidationException", kms.schedule_key_deletion, KeyId=second, PendingWindowInDays=6)
refused("NotFoundException", kms.describe_key, KeyId="00000000-0000-0000-0000-000000000000")
print("the whole story held")
