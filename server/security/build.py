"""Binds the settings to the objects of this folder."""

from server.security.host_tokens import HostTokens, KeySource, PinnedKey
from server.security.jwks import JwksKeys
from server.security.jwks_http import JwksOverHttp
from server.security.own_tokens import ISSUER, OwnTokens
from server.security.tokens import JwtAccessTokens
from server.security.verification_key import UnfitKey, key_from_pem
from server.settings import Settings, SettingsError


def make_access_tokens(settings: Settings, jwt_secret: bytes, host_keys: KeySource | None) -> JwtAccessTokens:
    """`host_keys` from `make_host_keys`."""
    own = OwnTokens(jwt_secret, life=settings.access_token_seconds)
    if host_keys is None:
        return JwtAccessTokens(own)
    host = HostTokens(issuer=settings.host_jwt_issuer, audience=settings.host_jwt_audience, keys=host_keys)
    return JwtAccessTokens(own, host)


def make_host_keys(settings: Settings) -> PinnedKey | JwksKeys | None:
    """None without a host application. Close a JwksKeys with the application. Raises SettingsError."""
    pem, url = settings.host_jwt_public_key, settings.host_jwt_jwks_url
    given = (settings.host_jwt_issuer, settings.host_jwt_audience, pem, url)
    if not any(given):
        return None
    if not settings.host_jwt_issuer or not settings.host_jwt_audience or bool(pem) == bool(url):
        raise SettingsError(
            "Tokens of a host application need HOST_JWT_ISSUER, HOST_JWT_AUDIENCE "
            "and one of HOST_JWT_PUBLIC_KEY and HOST_JWT_JWKS_URL."
        )
    if settings.host_jwt_issuer == ISSUER:
        raise SettingsError(f"HOST_JWT_ISSUER: {ISSUER!r} is the issuer of our own tokens, take another.")
    return _pinned(pem) if pem else _fetched(url)


def _pinned(pem: str) -> PinnedKey:
    try:
        return PinnedKey(key_from_pem(pem))
    except UnfitKey as error:
        raise SettingsError(f"HOST_JWT_PUBLIC_KEY cannot be used: {error}.") from None


def _fetched(url: str) -> JwksKeys:
    try:
        return JwksKeys(JwksOverHttp(url))
    except ValueError as error:
        raise SettingsError(f"HOST_JWT_JWKS_URL cannot be used: {error}.") from None
