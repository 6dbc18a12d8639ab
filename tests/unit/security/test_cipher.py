import os
import time
from collections.abc import Collection
from typing import Any
from uuid import RFC_4122, UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.security.cipher import AesContentCipher
from server.security.master_keys import MasterKeys
from server.security.sealed import NONCE_BYTES
from services.security_ports import NO_KEY, ContentDamaged, DataKey, MasterKeyMissing, WrappedKey

OLD, NEW = b"o" * 32, b"n" * 32
CIPHER = AesContentCipher(MasterKeys({"k1": OLD}))
WRAPPED = CIPHER.new_data_key()
KEY = CIPHER.unwrap(*WRAPPED)

IDS = st.integers(1, 2**63 - 1)
PLACES = st.fixed_dictionaries(
    {
        "conversation_id": IDS,
        "sender_id": st.none() | st.integers(0, 2**63 - 1),
        "message_key": st.uuids(),
        "version": st.integers(1, 2**31),
    }
)
PLACE: dict[str, Any] = {"conversation_id": 7, "sender_id": 3, "message_key": UUID(int=5), "version": 1}


@given(st.text(), PLACES)
def test_any_text_comes_back(text: str, place: dict[str, Any]) -> None:
    sealed = CIPHER.encrypt(KEY, text=text, **place)
    assert CIPHER.decrypt(KEY, sealed, **place) == text
    assert CIPHER.decrypt(KEY, memoryview(sealed), **place) == text  # type: ignore[arg-type]  # psycopg2 hands these out


@given(PLACES, PLACES)
def test_sealed_for_one_place_opens_at_no_other(place: dict[str, Any], other: dict[str, Any]) -> None:
    sealed = CIPHER.encrypt(KEY, text="secret", **place)
    for part, value in other.items():
        if place[part] != value:
            with pytest.raises(ContentDamaged):
                CIPHER.decrypt(KEY, sealed, **(place | {part: value}))


def test_parts_that_share_a_value_may_not_be_swapped() -> None:
    sealed = CIPHER.encrypt(KEY, text="x", **PLACE)
    with pytest.raises(ContentDamaged):
        CIPHER.decrypt(KEY, sealed, **(PLACE | {"conversation_id": 3, "sender_id": 7}))


def test_no_sender_is_not_the_sender_zero() -> None:
    sealed = CIPHER.encrypt(KEY, text="x", **(PLACE | {"sender_id": None}))
    with pytest.raises(ContentDamaged):
        CIPHER.decrypt(KEY, sealed, **(PLACE | {"sender_id": 0}))


@given(st.text(max_size=30), st.data())
def test_no_bit_may_flip(text: str, data: st.DataObject) -> None:
    sealed = bytearray(CIPHER.encrypt(KEY, text=text, **PLACE))
    bit = data.draw(st.integers(0, len(sealed) * 8 - 1))
    sealed[bit // 8] ^= 1 << bit % 8
    with pytest.raises(ContentDamaged):
        CIPHER.decrypt(KEY, bytes(sealed), **PLACE)


@given(st.integers(0, 40))
def test_nothing_may_be_cut_off(length: int) -> None:
    sealed = CIPHER.encrypt(KEY, text="twelve chars", **PLACE)
    with pytest.raises(ContentDamaged):
        CIPHER.decrypt(KEY, sealed[:length], **PLACE)


def test_another_conversations_key_does_not_open() -> None:
    sealed = CIPHER.encrypt(KEY, text="x", **PLACE)
    with pytest.raises(ContentDamaged):
        CIPHER.decrypt(CIPHER.unwrap(*CIPHER.new_data_key()), sealed, **PLACE)


def test_every_sealing_takes_a_nonce_of_its_own() -> None:
    sealed = [CIPHER.encrypt(KEY, text="same", **PLACE) for _ in range(20_000)]
    assert {content[0] for content in sealed} == {1}
    assert len({content[1 : 1 + NONCE_BYTES] for content in sealed}) == len(sealed)


@given(st.text(), IDS, IDS)
def test_what_is_sealed_anew_is_the_first_version_under_its_key(
    text: str, conversation_id: int, sender_id: int
) -> None:
    message_key, sealed = CIPHER.seal_new(KEY, conversation_id, sender_id, text)
    key = UUID(bytes=message_key)
    assert (key.version, key.variant) == (4, RFC_4122)
    place: dict[str, Any] = {"conversation_id": conversation_id, "sender_id": sender_id, "message_key": key}
    assert CIPHER.decrypt(KEY, sealed, version=1, **place) == text
    with pytest.raises(ContentDamaged):
        CIPHER.decrypt(KEY, sealed, version=2, **place)


def test_each_new_message_has_a_key_and_a_nonce_of_its_own() -> None:
    made = [CIPHER.seal_new(KEY, 7, 3, "same") for _ in range(20_000)]
    assert len({message_key for message_key, _ in made}) == len(made)
    assert len({sealed[1 : 1 + NONCE_BYTES] for _, sealed in made}) == len(made)
    assert not any(sealed[1 : 1 + NONCE_BYTES] in message_key for message_key, sealed in made)
    keys = {CIPHER.new_message_key() for _ in range(1000)}
    assert len(keys) == 1000
    assert {key.version for key in keys} == {4}


def test_the_stored_bytes_hold_neither_text_nor_key() -> None:
    assert b"canary" not in CIPHER.encrypt(KEY, text="canary", **PLACE)
    assert OLD not in WRAPPED.blob
    assert len({CIPHER.new_data_key().blob for _ in range(1000)}) == 1000


@given(st.integers(0, 61 * 8 - 1))
def test_a_data_key_may_not_change(bit: int) -> None:
    blob = bytearray(WRAPPED.blob)
    assert len(blob) == 61
    blob[bit // 8] ^= 1 << bit % 8
    with pytest.raises(ContentDamaged):
        CIPHER.unwrap("k1", bytes(blob))


def test_a_data_key_is_bound_to_the_id_of_its_master_key() -> None:
    renamed = AesContentCipher(MasterKeys({"k2": OLD}))
    with pytest.raises(ContentDamaged):
        renamed.unwrap("k2", WRAPPED.blob)


def test_a_missing_master_key_is_named() -> None:
    with pytest.raises(MasterKeyMissing, match=r"'k1'.*ENCRYPTION_KEYS"):
        AesContentCipher(MasterKeys({"k2": NEW})).unwrap(*WRAPPED)


def test_rotation_keeps_what_is_written() -> None:
    sealed = CIPHER.encrypt(KEY, text="still here", **PLACE)
    rotating = AesContentCipher(MasterKeys({"k2": NEW, "k1": OLD}))
    assert rotating.decrypt(rotating.unwrap(*WRAPPED), sealed, **PLACE) == "still here"
    wrapped = rotating.rewrap(*WRAPPED)
    assert wrapped.key_id == "k2"
    assert rotating.rewrap(*wrapped) == wrapped
    rotated = AesContentCipher(MasterKeys({"k2": NEW}))
    assert rotated.decrypt(rotated.unwrap(*wrapped), sealed, **PLACE) == "still here"


def test_an_opened_key_is_kept_at_hand_but_not_for_ever() -> None:
    cipher = AesContentCipher(MasterKeys({"k1": OLD}), kept=2)
    first = cipher.unwrap(*WRAPPED)
    assert cipher.unwrap(*WRAPPED) is first
    for _ in range(2):
        cipher.unwrap(*cipher.new_data_key())
    assert cipher.unwrap(*WRAPPED) is not first


def test_a_key_of_another_cipher_is_a_mistake() -> None:
    with pytest.raises(TypeError):
        CIPHER.encrypt(DataKey(), text="x", **PLACE)
    with pytest.raises(TypeError):
        CIPHER.seal_new(DataKey(), 7, 3, "x")


def test_a_key_shows_nothing() -> None:
    assert OLD.decode() not in repr(KEY) + repr(MasterKeys({"k1": OLD}))


def test_sealing_is_no_bottleneck() -> None:
    """A generous bound that holds on a busy machine: setting up AES for each message would break it at this size."""
    place = PLACE | {"message_key": uuid4()}
    best = min(_seconds_for_2000(place) for _ in range(5))
    assert best / 2000 < 20e-6


def _seconds_for_2000(place: dict[str, Any]) -> float:
    started = time.perf_counter()
    for _ in range(2000):
        CIPHER.encrypt(KEY, text="Bonjour docteur", **place)
    return time.perf_counter() - started


class Vault:
    """A KMS: wraps by a key that nobody sees, and counts how often it is asked."""

    def __init__(self) -> None:
        self._keys = MasterKeys({"arn-1": os.urandom(32)})
        self.asked = 0

    @property
    def current_id(self) -> str:
        return self._keys.current_id

    @property
    def ids(self) -> Collection[str]:
        return self._keys.ids

    def wrap(self, data_key: bytes) -> WrappedKey:
        return self._keys.wrap(data_key)

    def unwrap(self, key_id: str, blob: bytes) -> bytes:
        self.asked += 1
        return self._keys.unwrap(key_id, blob)


def test_master_keys_may_live_in_a_vault_that_is_asked_once_for_each_data_key() -> None:
    vault = Vault()
    cipher = AesContentCipher(vault)
    wrapped = [cipher.new_data_key() for _ in range(3)]
    for key in wrapped * 4:
        sealed = cipher.encrypt(cipher.unwrap(*key), text="x", **PLACE)
        assert cipher.decrypt(cipher.unwrap(*key), sealed, **PLACE) == "x"
    assert vault.asked == len(wrapped)


def test_a_destroyed_key_opens_all_as_nothing_and_seals_nothing() -> None:
    destroyed = CIPHER.unwrap(*NO_KEY)
    sealed = CIPHER.encrypt(KEY, text="once readable", **PLACE)
    assert CIPHER.decrypt(destroyed, sealed, **PLACE) == ""
    assert CIPHER.encrypt(destroyed, text="never stored", **PLACE) == b""
    assert CIPHER.seal_new(destroyed, 7, 3, "never stored")[1] == b""


@pytest.mark.parametrize("wrapped", [("", WRAPPED.blob), ("k1", b"")])
def test_half_a_key_is_no_destroyed_one(wrapped: tuple[str, bytes]) -> None:
    with pytest.raises((MasterKeyMissing, ContentDamaged)):
        CIPHER.unwrap(*wrapped)
