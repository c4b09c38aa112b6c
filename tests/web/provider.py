"""A tiny OpenID provider on this machine: whoever is at the browser chooses an account, and is believed."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import secrets
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT, SECRET = "qa", "secret-of-the-client"


@dataclass
class Provider:
    """Its address, and the claims of each account."""

    address: str
    accounts: Mapping[str, Mapping[str, Any]]
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"use": "sig", "kid": "1"}))
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    logged_out: int = 0

    def discovery(self) -> dict[str, object]:
        at = self.address
        return {
            "issuer": at, "authorization_endpoint": f"{at}/authorize", "token_endpoint": f"{at}/token",
            "jwks_uri": f"{at}/jwks", "end_session_endpoint": f"{at}/logout", "response_types_supported": ["code"],
            "subject_types_supported": ["public"], "id_token_signing_alg_values_supported": ["RS256"],
            "code_challenge_methods_supported": ["S256"],
        }  # fmt: skip

    def choice(self, asked: Mapping[str, str]) -> str:
        """A page with a link for each account, which leads back with a code."""
        links = []
        for name in self.accounts:
            code = secrets.token_urlsafe()
            self.codes[code] = {**asked, "account": name}
            back = f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"
            links.append(f"<p><a href='{html.escape(back)}'>{html.escape(name)}</a></p>")
        return "".join(links)

    def token(self, sent: Mapping[str, str], authorization: str) -> dict[str, object]:
        """The tokens for a code, once, for the client and the browser that began the login."""
        given = self.codes.pop(sent["code"])
        assert base64.b64decode(authorization.removeprefix("Basic ")).decode() == f"{CLIENT}:{SECRET}"
        challenge = base64.urlsafe_b64encode(hashlib.sha256(sent["code_verifier"].encode()).digest())
        assert challenge.decode().rstrip("=") == given["code_challenge"]
        now = int(time.time())
        claims = {"iss": self.address, "aud": CLIENT, "iat": now, "exp": now + 3600, "nonce": given["nonce"]}
        token = jwt.encode({"alg": "RS256", "kid": "1"}, claims | dict(self.accounts[given["account"]]), self.key)
        return {"id_token": token, "access_token": "none", "token_type": "Bearer", "expires_in": 3600}


@contextmanager
def providing(accounts: Mapping[str, Mapping[str, Any]]) -> Iterator[Provider]:
    """A provider with those accounts."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
            if parts.path == "/.well-known/openid-configuration":
                self._reply(json.dumps(provider.discovery()))
            elif parts.path == "/jwks":
                self._reply(json.dumps({"keys": [provider.key.as_dict(private=False)]}))
            elif parts.path == "/authorize":
                self._reply(provider.choice(asked), "text/html")
            elif parts.path == "/logout":
                provider.logged_out += 1
                self.send_response(302)
                self.send_header("Location", asked["post_logout_redirect_uri"])
                self.end_headers()
            else:
                self.send_error(404)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            sent = {name: values[0] for name, values in parse_qs(body).items()}
            self._reply(json.dumps(provider.token(sent, self.headers.get("Authorization", ""))))

        def _reply(self, body: str, kind: str = "application/json") -> None:
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *about: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider = Provider(f"http://127.0.0.1:{server.server_port}", accounts)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
