"""Keyed hashes of words, and the secret behind them."""

import hashlib
import hmac
import os
import struct
from collections.abc import Callable
from itertools import combinations

import pytest

from server.security.blind_index import HmacBlindIndexKeys, HmacReaderHashes
from server.security.cipher import AesContentCipher
from server.security.master_keys import MasterKeys
from services.security_ports import ContentDamaged, MasterKeyMissing, WrappedKey

TERMS = [b"sappel", b"pap", b"papp"]


def keys(**by_id: bytes) -> HmacBlindIndexKeys:
    return HmacBlindIndexKeys(MasterKeys(by_id))


def test_a_hash_is_the_beginning_of_hmac_sha256() -> None:
    key = os.urandom(32)
    expected = [hmac.digest(key, struct.pack(">q", 7) + term, hashlib.sha256)[:8] for term in TERMS]
    assert [struct.pack(">q", one) for one in HmacReaderHashes(key).of(7, TERMS)] == expected


def test_hashes_differ_by_installation_reader_block_and_term_and_by_nothing_else() -> None:
    one = keys(k1=os.urandom(32))
    secret, other_secret = one.new_secret(), one.new_secret()
    sets = [
        one.reader(some, reader).of(block, TERMS)
        for some in (secret, other_secret)
        for reader in (1, 2)
        for block in (0, 1)
    ]
    assert all(set(first).isdisjoint(second) for first, second in combinations(sets, 2))
    assert all(len(set(found)) == len(TERMS) for found in sets)
    assert one.reader(secret, 1).of(0, TERMS) == sets[0]


def test_a_new_master_key_seals_the_same_secret() -> None:
    old, new = os.urandom(32), os.urandom(32)
    secret = keys(old=old).new_secret()
    moved = AesContentCipher(MasterKeys({"new": new, "old": old})).rewrap(secret.key_id, secret.blob)
    assert (secret.key_id, moved.key_id) == ("old", "new")
    assert keys(new=new).reader(moved, 5).of(1, TERMS) == keys(old=old).reader(secret, 5).of(1, TERMS)
    with pytest.raises(MasterKeyMissing):
        keys(new=new).reader(secret, 5)


@pytest.mark.parametrize(
    "harm", [lambda blob: blob[:-1], lambda blob: b"\x02" + blob[1:], lambda _: b"\x01", lambda _: b""]
)
def test_a_damaged_secret_does_not_open(harm: Callable[[bytes], bytes]) -> None:
    one = keys(k1=os.urandom(32))
    secret = one.new_secret()
    with pytest.raises(ContentDamaged):
        one.reader(WrappedKey(secret.key_id, harm(secret.blob)), 1)
