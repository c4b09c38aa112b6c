"""Who has which role, and that an action is refused to whoever has not."""

from __future__ import annotations

import ast
import importlib
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from operator import attrgetter
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from qa.config import PROJECT
from qa.types import QAError
from qa.userdata import uploads
from qa.web.draw.text import label
from qa.web.pages import evaluate, maintain
from qa.web.session import login, opening, persistence, roles, user, work
from tests.conftest import ROOT
from tests.web import apptest
from tests.web.apptest import checked
from tests.web.server import free_port, serving

text = partial(apptest.text, between=" ")
SECRETS = {
    "auth": {
        "redirect_uri": "http://127.0.0.1:8501/oauth2callback",
        "cookie_secret": "a secret of the server",
        "client_id": "qa",
        "client_secret": "secret",
        "server_metadata_url": "http://127.0.0.1:1/.well-known/openid-configuration",
    }
}


def claims(name: str = "ann", **more: object) -> dict[str, Any]:
    known = {"iss": "https://login.example.org", "sub": f"{name}-1", "email": f"{name}@example.org"}
    return {"is_logged_in": True, "iat": time.time(), "email_verified": True} | known | more


@pytest.fixture
def granted(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., set[str]]:
    """The roles by a file with that text, and by a claim with that name."""

    def roles_of(about: dict[str, Any], file: str = "", claim: str = "", with_subject: bool = True) -> set[str]:
        (tmp_path / "roles.toml").write_text(file, "utf-8")
        monkeypatch.setenv("QA_ROLES_FILE", str(tmp_path / "roles.toml") if file else "")
        monkeypatch.setenv("QA_ROLES_CLAIM", claim)
        return set(roles.granted(about, with_subject)) - {"trainee"}

    return roles_of


def test_whoever_logs_in_is_a_trainee(granted: Callable[..., set[str]]) -> None:
    assert roles.granted(claims(), with_subject=True) == {"trainee"}
    assert granted(claims(groups=["maintainer"], roles="maintainer")) == set()


@pytest.mark.parametrize(
    ("more", "has"),
    [
        ({}, {"maintainer"}),
        ({"email": "ANN@Example.ORG "}, {"maintainer"}),
        ({"email_verified": "true"}, {"maintainer"}),
        ({"email_verified": False}, set()),
        ({"email_verified": "False"}, set()),
        ({"email_verified": None}, set()),
        ({"email": "anna@example.org"}, set()),
        ({"email": "\N{KELVIN SIGN}ay@example.org"}, set()),
        ({"email": None}, set()),
        ({"email": None, "sub": "ann@example.org"}, {"maintainer"}),
        ({"email": "x@y", "sub": "00-42"}, {"evaluator"}),
        ({"email": "x@y", "sub": "00-4"}, set()),
    ],
)
def test_the_file_names_addresses_and_subjects(
    more: dict[str, object], has: set[str], granted: Callable[..., set[str]]
) -> None:
    file = 'maintainer = ["Ann@example.org", "kay@example.org"]\nevaluator = ["00-42"]\n'
    assert granted(claims(**more), file) == has
    if "sub" in more:
        assert granted(claims(**more), file, with_subject=False) == set(), "another provider may give out the same"


def test_an_address_that_is_missing_needs_no_verification(granted: Callable[..., set[str]]) -> None:
    known = {name: value for name, value in claims().items() if name != "email_verified"}
    assert granted(known, 'maintainer = ["ann@example.org"]') == {"maintainer"}


@pytest.mark.parametrize(
    ("groups", "file", "has"),
    [
        (["maintainer", "x"], "", {"maintainer"}),
        ("evaluator", "", {"evaluator"}),
        (["Maintainer", "maintainers", "x maintainer"], "", set()),
        ({"maintainer": True}, "", set()),
        (None, "", set()),
        (["library"], '[claim]\nmaintainer = ["library"]', {"maintainer"}),
        (["maintainer"], '[claim]\nmaintainer = ["library"]', set()),
        (["evaluator"], '[claim]\nmaintainer = ["library"]', {"evaluator"}),
        (["library"], 'maintainer = ["library"]', set()),
    ],
)
def test_a_claim_has_roles_or_what_stands_for_them(
    groups: object, file: str, has: set[str], granted: Callable[..., set[str]]
) -> None:
    assert granted(claims(groups=groups), file, "groups") == has


@pytest.mark.parametrize("iat", ["13 hours ago", None, 0])
def test_claims_are_believed_for_a_while_only(iat: object, granted: Callable[..., set[str]]) -> None:
    iat = time.time() - 13 * 3600 if iat == "13 hours ago" else iat
    with pytest.raises(QAError, match=r"more than 12 hours old.*log out and in again"):
        granted(claims(groups=["evaluator"], iat=iat), "", "groups")
    assert granted(claims(groups=["x"], iat=iat), "", "groups") == set()
    assert granted(claims(iat=iat), 'evaluator = ["ann@example.org"]', "groups") == {"evaluator"}


@pytest.mark.parametrize(
    ("file", "said"),
    [
        ("maintainer = [", "cannot be read"),
        ('maintainers = ["ann@example.org"]', "'maintainers' is no role; there are: trainee, maintainer, evaluator"),
        ('maintainer = "ann@example.org"', "maintainer must be a list"),
        ("maintainer = [7]", "maintainer must be a list"),
        ('maintainer = [" "]', "maintainer must be a list"),
        ('claim = "x"', "claim must be a table"),
        ('maintainer = ["ann@example.org"]\n[claim]\nx = []', "'x' is no role"),
    ],
)
def test_a_faulty_file_costs_the_roles(file: str, said: str, granted: Callable[..., set[str]]) -> None:
    with pytest.raises(QAError, match=f"roles.toml.*{said}"):
        granted(claims(), file)


def test_a_file_that_is_not_there_costs_the_roles(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("QA_ROLES_FILE", str(tmp_path / "none.toml"))
    with pytest.raises(QAError, match=r"none\.toml cannot be read"):
        roles.granted(claims(), with_subject=True)


# On the page


def opened(path: str, who: dict[str, Any], secrets: dict[str, Any], **parameters: str) -> AppTest:
    page = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    page._page_hash = calc_hash(path) if path else ""  # AppTest can open only pages that are files
    page.user, page.secrets = who, secrets
    for name, value in parameters.items():
        page.query_params[name] = value
    return checked(page.run())


def as_(who: dict[str, Any] | None, path: str = "", **parameters: str) -> AppTest:
    """The page on a server with a login."""
    return opened(path, who or {}, SECRETS, **parameters)


def titles(page: AppTest) -> list[str]:
    return [link.proto.label for link in page.get("page_link")][:7]


@pytest.fixture
def file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The roles file of a server, where Mara is a maintainer."""
    path = tmp_path / "roles.toml"
    path.write_text('maintainer = ["mara@example.org"]\n', "utf-8")
    monkeypatch.setenv("QA_ROLES_FILE", str(path))
    return path


def test_nobody_sees_more_than_the_login_before_it(state: Path) -> None:
    for path in ("", "library", "maintain"):
        for who in (None, {"email": "mara@example.org"}, claims() | {"is_logged_in": False}, claims(sub="")):
            page = as_(who, path)
            assert [button.label for button in page.button] == ["Log in"]
            assert not page.get("page_link")
            assert "Fruit" not in text(page)


def test_an_incomplete_login_is_told_to_whoever_wants_to_log_in(state: Path) -> None:
    page = opened("", {}, {"auth": {"redirect_uri": "http://127.0.0.1:8501/oauth2callback"}})
    page.button[0].click().run()
    assert "the login is not configured as it should be" in text(checked(page))


def test_each_provider_has_a_button(state: Path) -> None:
    one = {name: SECRETS["auth"][name] for name in ("client_id", "client_secret", "server_metadata_url")}
    page = opened("", {}, {"auth": {"redirect_uri": "x", "cookie_secret": "y", "clinic": one, "*lab*": one}})
    assert [button.label for button in page.button] == ["Log in with clinic", r"Log in with \*lab\*"]


def test_pages_follow_the_role_at_once(state: Path, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert titles(as_(claims("tina"))) == ["Ask", "Table", "Notebook", "History", "Library"]
    page = as_(claims("mara"))
    assert titles(page)[-1] == "Maintain"
    assert "Log out" in [button.label for button in page.button]
    monkeypatch.setenv("QA_WEB_ROLES", "trainee, evaluator")
    assert titles(checked(page.run()))[-1] == "Library"
    monkeypatch.setenv("QA_WEB_ROLES", "")
    assert titles(checked(page.run()))[-1] == "Maintain"
    file.write_text("maintainer = []\n", "utf-8")
    assert titles(checked(page.run()))[-1] == "Library"
    file.write_text("<b>", "utf-8")
    library = as_(claims("mara"), "library")
    for shown in (checked(page.run()), library):
        assert "Maintain" not in titles(shown)
        assert f"QA_ROLES_FILE: {file} cannot be read" in text(shown)
    assert "2 papers" in text(library), "which costs the roles, and no page"


ACTIONS = {
    "Build aside": lambda state: work.jobs().get("candidate") is None,
    "Drop": lambda state: len(uploads.staged(state)) == 1,
}


@pytest.mark.parametrize("words", ACTIONS)
def test_an_open_page_does_nothing_when_the_role_is_gone(words: str, state: Path, file: Path) -> None:
    uploads.stage(state, "kites.txt", b"Kites fly.")
    page = as_(claims("mara"), "maintain")
    file.write_text("maintainer = []\n", "utf-8")
    page = checked(next(b for b in page.button if b.label.startswith(words)).click().run())
    assert "Only a maintainer may do this here" in text(page)
    assert ACTIONS[words](state)
    assert "Only a maintainer" not in text(checked(page.run())), "it is said once"


def in_session(act: Callable[[], object], of: dict[str, Any] | None, secrets: dict[str, Any] | None = SECRETS) -> Any:
    """What a call gives in a session of its own."""

    def script(act):  # type: ignore[no-untyped-def]
        import streamlit

        streamlit.session_state.found = act()

    page = AppTest.from_function(script, kwargs={"act": act}, default_timeout=30)
    page.secrets, page.user = secrets or {}, of or {}
    page.session_state.user_token = "t" * 32
    page.run()
    assert not page.exception
    return page.session_state.found


def refused(act: Callable[[], object]) -> str:
    """What a trainee is told who calls that."""
    return str(in_session(lambda: (act(), user.refusal())[1], claims("tina")))


def guarded() -> Iterator[tuple[str, Callable[..., object]]]:
    """Each callback of the pages on which something that belongs to all is changed, by its name in the source."""
    folder = ROOT / "qa" / "web" / "pages"
    for path in [*sorted(folder.glob("maintain*.py")), folder / "evaluate.py", folder / "metadata_form.py"]:
        module = importlib.import_module(f"qa.web.pages.{path.stem}")
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.keyword) and node.arg in ("on_click", "on_change", "on_submit"):
                name = ast.unparse(node.value)
                if name not in ("'ignore'", "_turn_to"):  # these change the view only
                    yield f"{path.stem}.{name}", attrgetter(name)(module)


@pytest.mark.parametrize("acts", [pytest.param(acts, id=name) for name, acts in guarded()])
def test_every_callback_asks_for_the_role(acts: Callable[..., object], state: Path) -> None:
    told = refused(partial(acts, "a", {}, "b"))  # with arguments that none of them could use
    assert told.startswith("only a maintainer" if acts.__module__ != evaluate.__name__ else "only an evaluator")


@pytest.mark.parametrize(("page", "one"), [(maintain.page, "a maintainer"), (evaluate.page, "an evaluator")])
def test_a_page_itself_asks_for_the_role(page: Callable[[Any], None], one: str) -> None:
    def told() -> str:
        with pytest.raises(QAError) as caught:
            page(None)
        return str(caught.value)

    said = in_session(told, claims("tina"))
    assert said == f"only {one} may do this here; ask whoever runs this server for the role"


# Whose data


def who(of: dict[str, Any] | None, secrets: dict[str, Any] | None = SECRETS) -> list[str]:
    """Under which names somebody's data and actions are kept."""
    return list(in_session(lambda: [user.user(), user.name()], of, secrets))


def test_data_belongs_to_the_login_in_every_browser_and_to_nobody_else() -> None:
    ann = who(claims("ann"))
    assert who(claims("ann", iat=0, email="new@example.org"))[0] == ann[0]
    others = [claims("ben"), claims("ann", iss="https://other.example.org"), claims("ann", sub="ann-1 "),
              claims(iss="https://login.example.org,ann", sub="-1")]  # fmt: skip
    names = {who(other)[0] for other in others} | {ann[0], who(None, secrets=None)[0]}
    assert len(names) == len(others) + 2


def test_who_acts_is_the_address_that_was_verified_or_the_subject(monkeypatch: pytest.MonkeyPatch) -> None:
    assert who(claims("ann", email="Ann@example.org"))[1] == "Ann@example.org"
    assert who(claims("ann", email_verified=False))[1] == "ann-1"
    assert in_session(lambda: opening.library().by, claims("ann")) == "ann@example.org"
    monkeypatch.setenv("LOGNAME", "mara")
    assert who(None, secrets=None)[1] == "mara"


def test_conversations_of_one_login_are_not_shown_to_another(state: Path) -> None:
    question = "How does basalt cool from lava?"
    page = checked(as_(claims("ann")).chat_input[0].set_value(question).run())
    address = str(page.query_params[persistence.PARAMETER])
    assert question in text(as_(claims("ann"), "", **{persistence.PARAMETER: address}))
    assert "Kept for your login alone" in text(as_(claims("ann"), "history"))
    assert label(question) in [link.proto.label for link in as_(claims("ann"), "history").get("page_link")]
    assert label(question) not in [link.proto.label for link in as_(claims("ben"), "history").get("page_link")]
    assert question not in text(as_(claims("ben"), "", **{persistence.PARAMETER: address}))


# Without a login


class Context:
    def __init__(self, address: str | None, **headers: str) -> None:
        self.ip_address = address
        self.headers = {"Host": "localhost:8501"} | {name.replace("_", "-"): text for name, text in headers.items()}


@pytest.mark.parametrize(
    ("context", "is_local"),
    [
        (Context(None), True),
        (Context(None, Host="127.0.0.1:8501", Origin="http://127.0.0.1:8501"), True),
        (Context(None, Host="[::1]:8501"), True),
        (Context("192.0.2.7"), False),
        (Context("::ffff:192.0.2.7"), False),
        (Context(None, X_Forwarded_For="127.0.0.1"), False),
        (Context(None, x_forwarded_host="a"), False),
        (Context(None, Forwarded="for=192.0.2.7"), False),
        (Context(None, X_Real_Ip="192.0.2.7"), False),
        (Context(None, Via="1.1 proxy"), False),
        (Context(None, Host="papers.example.org"), False),
        (Context(None, Origin="https://papers.example.org"), False),
        (Context(None, Origin="http://[x"), False),
        (Context(None, Host=""), True),
    ],
)
def test_who_comes_through_a_proxy_is_not_on_this_machine(
    context: Context, is_local: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(st, "context", context)
    assert login.is_local() == is_local


def test_a_browser_that_has_left_is_not_on_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    context = Context(None)
    context.headers = {}
    monkeypatch.setattr(st, "context", context)
    assert not login.is_local()


def test_a_visitor_from_elsewhere_is_a_trainee(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert titles(opened("", {}, {}))[-2:] == ["Maintain", "Evaluate"]
    page = opened("maintain", {}, {})
    monkeypatch.setattr(login, "is_local", lambda: False)
    page = checked(next(b for b in page.button if b.label.startswith("Build aside")).click().run())
    assert "Only a maintainer may do this here" in text(page)
    assert titles(page)[-1] == "Library"
    page = checked(next(b for b in page.button if b.label == "Help").click().run())
    assert "changed on the server's own machine only" in text(page)


# The process


def serve(*options: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """`qa serve` that is expected to stop by itself."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("QA_", "STREAMLIT_"))}
    return subprocess.run(
        [sys.executable, "-c", "from qa.cli import main; raise SystemExit(main())", "serve", *options],
        env=environment | settings,
        cwd=PROJECT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.org"])
def test_the_app_is_not_opened_to_others_without_a_login(host: str, tmp_path: Path) -> None:
    done = serve("--host", host, "--index", str(tmp_path / "index"), HOME=str(tmp_path))
    assert done.returncode == 3
    assert done.stdout == ""
    assert f"qa: whoever reaches {host} could act as evaluator and maintainer" in done.stderr
    assert "QA_WEB_ROLES=trainee" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "index").exists(), "it is said before anything is read"


@pytest.mark.parametrize("address", ["0.0.0.0", "", "unix:///tmp/x"])
def test_the_server_itself_refuses_too(address: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "qa.web.server", f"--server.port={free_port()}", f"--server.address={address}"],
        env=os.environ | {"HOME": str(tmp_path), "QA_WEB_ROLES": "trainee,evaluator"},
        cwd=PROJECT, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 3, done.stderr
    assert f"whoever reaches {address or 'any address of this machine'} could act as evaluator, since" in done.stderr


@pytest.mark.parametrize("line", ['address = "0.0.0.0"', "headless = true"])
def test_a_file_of_settings_does_not_open_it_either(line: str, tmp_path: Path) -> None:
    (tmp_path / ".streamlit").mkdir()
    (tmp_path / ".streamlit" / "config.toml").write_text(f"[server]\n{line}\n", "utf-8")
    program = f"from qa.web import server; server.SCRIPT = {str(tmp_path / 'app.py')!r}; server.configure({{}})"
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=os.environ | {"HOME": str(tmp_path / "home"), "PYTHONPATH": str(PROJECT)},
        cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert "could act as evaluator and maintainer" in done.stderr


def test_a_variable_does_not_open_it_either(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server of this machine alone does not answer at another of its addresses."""
    monkeypatch.setenv("STREAMLIT_SERVER_ADDRESS", "0.0.0.0")
    settings = {"INDEX_DIR": tmp_path / "index", "STATE_DIR": tmp_path / "state"}
    with serving(settings, tmp_path / "log", home=tmp_path, host="") as url:
        with pytest.raises(OSError), socket.create_connection(("127.0.0.2", urlsplit(url).port), timeout=5):
            pass
        socket.create_connection(("127.0.0.1", urlsplit(url).port), timeout=5).close()


def test_secrets_that_cannot_be_read_let_nobody_in(tmp_path: Path) -> None:
    (tmp_path / ".streamlit").mkdir()
    (tmp_path / ".streamlit" / "secrets.toml").write_text("[auth\n", "utf-8")
    done = serve(HOME=str(tmp_path))
    assert done.returncode == 3
    assert "secrets.toml cannot be read as TOML" in done.stderr


@pytest.mark.parametrize("opened_by", ["asking only", "a login"])
def test_it_listens_everywhere_where_nobody_can_do_harm(opened_by: str, tmp_path: Path) -> None:
    settings: dict[str, object] = {"INDEX_DIR": tmp_path / "index", "STATE_DIR": tmp_path / "state"}
    if opened_by == "a login":
        (tmp_path / ".streamlit").mkdir()
        lines = "".join(f"{name} = {json.dumps(value)}\n" for name, value in SECRETS["auth"].items())
        (tmp_path / ".streamlit" / "secrets.toml").write_text(f"[auth]\n{lines}", "utf-8")
    else:
        settings["WEB_ROLES"] = "trainee"
    log = tmp_path / "log"
    with serving(settings, log, home=tmp_path, host="0.0.0.0") as url:
        assert url
    assert "could act as" not in log.read_text("utf-8")
